using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>Tells a host to fence itself.</summary>
public interface IHostFence
{
    /// <summary>
    /// Its executor ends every guest, as pulling their plugs, and sees that none is left. A host that does not answer has
    /// to be given up on within a second or two: most hosts that are fenced are dead.
    /// </summary>
    Task<HostWord> TellAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken);

    /// <summary>What became of an earlier order: one that arrived is carried to its end, else it is withdrawn.</summary>
    Task<HostWord> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken);
}

/// <summary>What a host said of itself.</summary>
/// <param name="Answered">Somebody is there. Asking one that is not there again is a waste of time.</param>
/// <param name="Confirmed">No guest runs there any more.</param>
/// <param name="Sentence">What happened, or why not; completes "the host's own executor: …".</param>
/// <param name="MayHaveBegun">Guests were ended there, or may have been.</param>
public sealed record HostWord(bool Answered, bool Confirmed, string Sentence, bool MayHaveBegun);
