using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Why a disk can't be used here.</summary>
internal sealed record DiskFault(ErrorCode Code, string Message, bool RetryCanHelp = false);

/// <summary>The check of one file against what the source had.</summary>
/// <param name="roots">The storages of this host.</param>
/// <param name="expected">Every file that the command names: a backing file on another storage must be among them.</param>
internal sealed class DiskCheck(IReadOnlyList<StorageRoot> roots, IReadOnlySet<StorageLocation> expected)
{
    public static string Name(ExpectedDisk disk) => disk.DiskTarget.Length > 0 ? disk.DiskTarget : disk.File.Role;

    public DiskFault? Fault(ExpectedDisk disk)
    {
        var file = disk.File;
        if (file.StorageId.Length == 0)
            return new DiskFault(ErrorCode.StorageMissing, $"{Name(disk)}: {file.Path} was on no shared storage of the source, so no other host has it");
        var root = roots.FirstOrDefault(root => root.Id == file.StorageId);
        if (root is null)
            return new DiskFault(ErrorCode.StorageMissing,
                $"{Name(disk)}: this host has no storage '{file.StorageId}' now; mount it, and check that its path is configured and holds {StorageCatalogue.MarkerName}",
                RetryCanHelp: true);
        try
        {
            var path = StoragePaths.Resolve(root, file.PathInStorage);
            return IsImage(file) ? ImageFault(disk, root, path) : null;
        }
        catch (ImageChainException broken)
        {
            return new DiskFault(ErrorCode.DiskChainBroken, $"{Name(disk)}: {broken.Message}");
        }
        catch (OutsideStorageException outside)
        {
            return new DiskFault(ErrorCode.DiskMissing, $"{Name(disk)}: {outside.Message}, where another host has something else");
        }
        catch (PosixException fault)
        {
            return new DiskFault(ErrorCode.DiskMissing,
                $"{Name(disk)}: {file.PathInStorage} in storage '{root.Id}' ({root.Path}) can't be read: {fault.Reason}");
        }
    }

    private static bool IsImage(HostFile file) => file.Role is "disk" or "backing" or "";

    private DiskFault? ImageFault(ExpectedDisk disk, StorageRoot root, string path)
    {
        var chain = ImageChain.Read(path, disk.File.Format.Length > 0 ? disk.File.Format : "raw");
        foreach (var backing in chain.Skip(1))
        {
            if (StrayFault(backing, root) is { } stray) return stray with { Message = $"{Name(disk)}: {stray.Message}" };
        }
        if (chain[0].VirtualSize < disk.MinimumSizeBytes)
            return new DiskFault(ErrorCode.DiskTooSmall,
                $"{Name(disk)}: {path} has {chain[0].VirtualSize} bytes, and had at least {disk.MinimumSizeBytes}; it was cut off or replaced");
        return LockFault(disk, chain);
    }

    // The same absolute path on two hosts is the same file only when it is on a storage that both share.
    private DiskFault? StrayFault(ImageLink backing, StorageRoot root)
    {
        if (StoragePaths.Locate(roots, backing.Path) is not { } location)
            return new DiskFault(ErrorCode.DiskChainBroken,
                $"its backing file {backing.Path} is on no storage of this host, so it may differ from the source's");
        return location.StorageId == root.Id || expected.Contains(location)
            ? null
            : new DiskFault(ErrorCode.DiskChainBroken,
                $"its backing file {backing.Path} is on storage '{location.StorageId}' here, where the source had none of it");
    }

    private static DiskFault? LockFault(ExpectedDisk disk, IReadOnlyList<ImageLink> chain)
    {
        if (disk.Shareable) return null;
        foreach (var link in chain)
        {
            if (ImageLock.IsWritten(link.Path))
                return new DiskFault(ErrorCode.DiskLocked,
                    $"{Name(disk)}: {link.Path} is being written by another process: THIS GUEST MAY BE RUNNING ELSEWHERE. Find the process (on the hosts that "
                    + "share the storage: fuser, virsh list) before anything is started", RetryCanHelp: true);
        }
        var isWritable = !disk.ReadOnly && disk.File.Role != "backing";
        return isWritable && ImageLock.IsHeldAgainstWriting(chain[0].Path)
            ? new DiskFault(ErrorCode.DiskLocked,
                $"{Name(disk)}: {chain[0].Path} is held by another process that relies on nobody writing it (it is being copied, or backs another guest's disk)",
                RetryCanHelp: true)
            : null;
    }
}
