using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory;

/// <summary>An inventory that knows the CHAP passwords of its instances' volumes. They are read at need and kept nowhere.</summary>
public interface IVolumeSecrets
{
    /// <returns>By volume; those that it has none for are missing.</returns>
    /// <exception cref="InventoryUnreachableException">It can't be read now.</exception>
    Task<IReadOnlyDictionary<IscsiLun, string>> PasswordsAsync(
        Guid instance, IReadOnlyCollection<IscsiLun> volumes, CancellationToken cancellationToken);
}
