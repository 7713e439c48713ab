using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Every file that the instance needs lies on a storage that the host sees; no disk is bound to its old host.</summary>
internal sealed class StorageRule : IHostRule
{
    public IEnumerable<Need> NeedsOf(Instance instance)
    {
        foreach (var (_, file) in FilesOf(instance))
        {
            yield return file.OnStorage
                ? new(RejectionKind.StorageMissing, file.StorageId)
                : new(RejectionKind.DiskNotShared, file.Path);
        }

        foreach (var disk in instance.Disks)
        {
            if (disk.BlockDevice is { } device)
            {
                yield return new(RejectionKind.DiskNotShared, device);
            }
        }
    }

    public Func<Host, bool> MetBy(Need need) => need.Kind == RejectionKind.StorageMissing
        ? host => host.Storages.Contains(need.Value)
        : _ => false;

    public string Sentence(Need need, Instance instance, Host host)
    {
        if (need.Kind == RejectionKind.StorageMissing)
        {
            var what = FilesOf(instance).Where(each => each.File.StorageId == need.Value).Select(each => each.What).Distinct();
            return $"{host.Name} does not see storage {need.Value}, where {string.Join(" and ", what)} is";
        }

        return instance.Disks.FirstOrDefault(disk => disk.BlockDevice == need.Value) is { } block
            ? $"disk {block.Target} is the block device {need.Value} of {instance.Host}, which {host.Name} can't be asked for"
            : $"{FilesOf(instance).First(each => each.File.Path == need.Value).What} ({need.Value}) is on no shared storage";
    }

    private static IEnumerable<(string What, HostFile File)> FilesOf(Instance instance)
    {
        foreach (var disk in instance.Disks)
        {
            if (disk.File is { } file)
            {
                yield return ($"disk {disk.Target}", file);
            }

            foreach (var backing in disk.BackingFiles)
            {
                yield return ($"disk {disk.Target}", backing);
            }
        }

        foreach (var file in instance.Files)
        {
            yield return (file.Role, file);
        }
    }
}
