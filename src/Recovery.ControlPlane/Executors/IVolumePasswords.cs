using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Executors;

/// <summary>The CHAP passwords of an instance's volumes, read at need: they are never kept.</summary>
public interface IVolumePasswords
{
    /// <param name="instance">Whose volumes they are.</param>
    /// <param name="volumes">Those that ask for a password.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One for each of them.</returns>
    /// <exception cref="ChapCredentialException">One of them has none, or they can't be read. The message names it, and no password.</exception>
    Task<IReadOnlyDictionary<IscsiLun, string>> ReadAsync(
        Guid instance, IReadOnlyCollection<IscsiLun> volumes, CancellationToken cancellationToken);
}
