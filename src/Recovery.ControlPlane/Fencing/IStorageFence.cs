using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>Takes a host's access to storage away, at the storage: a guest that still runs can write nothing more.</summary>
public interface IStorageFence
{
    /// <summary>
    /// The attempt's kind is <c>StorageCutOff</c>. It is a proof only when every storage that the host's guests have
    /// disks on lets it write no more.
    /// </summary>
    /// <returns>Null when this fence has nothing to do with the host.</returns>
    Task<FenceAttempt?> TryAsync(HostRow host, CancellationToken cancellationToken);
}
