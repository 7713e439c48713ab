using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Passwords of volumes from the inventory where it has them, as a cloud does; else from the configured file.</summary>
public sealed class VolumePasswords(ChapCredentials file, IVolumeSecrets? inventory = null) : IVolumePasswords
{
    public async Task<IReadOnlyDictionary<IscsiLun, string>> ReadAsync(
        Guid instance, IReadOnlyCollection<IscsiLun> volumes, CancellationToken cancellationToken)
    {
        if (inventory is null)
        {
            return await file.ReadAsync(instance, volumes, cancellationToken);
        }

        var known = await inventory.PasswordsAsync(instance, volumes, cancellationToken);
        return volumes.FirstOrDefault(volume => !known.ContainsKey(volume)) is { } missing
            ? throw new ChapCredentialException(
                $"LUN {missing.Lun} of the iSCSI target {missing.TargetName} asks user '{missing.ChapUsername}' for a CHAP password, and Nova's block_device_mapping of instance {instance} has none for it: see what Cinder says of that volume's connection (openstack volume attachment list).")
            : known;
    }
}
