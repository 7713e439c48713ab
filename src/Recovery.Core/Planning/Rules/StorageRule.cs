using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Every file that the instance needs lies on a storage that the host sees; no disk is bound to its old host.</summary>
internal sealed class StorageRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host)
    {
        foreach (var disk in instance.Disks)
        {
            if (disk.BlockDevice is { } device)
            {
                yield return new(host.Name, RejectionKind.DiskNotShared,
                    $"disk {disk.Target} is the block device {device} of {instance.Host}, which {host.Name} can't be asked for");
            }

            var files = disk.File is { } file ? disk.BackingFiles.Prepend(file) : disk.BackingFiles;
            foreach (var rejection in files.SelectMany(each => Missing($"disk {disk.Target}", each, host)))
            {
                yield return rejection;
            }
        }

        foreach (var rejection in instance.Files.SelectMany(each => Missing(each.Role, each, host)))
        {
            yield return rejection;
        }
    }

    private static IEnumerable<Rejection> Missing(string what, HostFile file, Host host)
    {
        if (!file.OnStorage)
        {
            yield return new(host.Name, RejectionKind.DiskNotShared, $"{what} ({file.Path}) is on no shared storage");
        }
        else if (!host.Storages.Contains(file.StorageId))
        {
            yield return new(host.Name, RejectionKind.StorageMissing,
                $"{host.Name} does not see storage {file.StorageId}, where {what} is");
        }
    }
}
