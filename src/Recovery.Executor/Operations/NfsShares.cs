using System.Security.Cryptography;
using System.Text;
using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>NFS exports, mounted where os-brick would: Nova finds and uses the same mounts. They are never unmounted here.</summary>
internal sealed class NfsShares(string mountBase, string mountsFile = "/proc/self/mounts")
{
    public string PathOf(NfsShare share) => Path.Combine(MountPoint(share), share.Name);

    /// <summary>Mounts the export if it is not, and looks at the volume's file.</summary>
    /// <returns>What is so now, for progress.</returns>
    /// <exception cref="StepFailure">It can't be mounted, or the file is not there or too small.</exception>
    public async Task<string> Prove(Volume volume, CancellationToken deadline)
    {
        var share = volume.Nfs;
        var mounted = await IsMounted(share, deadline);
        if (!mounted) await Mount(volume.DiskTarget, share, deadline);
        var file = new FileInfo(PathOf(share));
        if (!file.Exists)
            throw new StepFailure(ErrorCode.DiskMissing, $"{volume.DiskTarget}: {share.Export} has no file {share.Name}; it may be another export, so check it");
        var size = share.Format == "qcow2" ? VirtualSize(volume.DiskTarget, file.FullName) : (ulong)file.Length;
        if (size < volume.MinimumSizeBytes)
            throw new StepFailure(ErrorCode.DiskTooSmall,
                $"{volume.DiskTarget}: {share.Name} of {share.Export} has {size} bytes, and had at least {volume.MinimumSizeBytes}; it may be another volume, so check its export");
        return $"{volume.DiskTarget}: {share.Export} {(mounted ? "is mounted already" : "mounted")} at {MountPoint(share)}, {share.Name} has {size >> 20} MiB";
    }

    private static ulong VirtualSize(string target, string path)
    {
        // Bytes 24 to 31 of a qcow2 header, big-endian.
        Span<byte> header = stackalloc byte[32];
        using var handle = Posix.OpenForReading(path);
        if (RandomAccess.Read(handle, header, 0) == header.Length && header[..4].SequenceEqual((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xfb]))
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(header[24..]);
        throw new StepFailure(ErrorCode.DiskChainBroken, $"{target}: {path} shall be qcow2, and has no such header");
    }

#pragma warning disable CA5351 // A name, no protection: os-brick's.
    private string MountPoint(NfsShare share) =>
        Path.Combine(mountBase, Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(share.Export))));
#pragma warning restore CA5351

    private async Task Mount(string target, NfsShare share, CancellationToken deadline)
    {
        Directory.CreateDirectory(MountPoint(share));
        string[] arguments = ["-t", "nfs", .. share.Options.Split(' ', StringSplitOptions.RemoveEmptyEntries), share.Export, MountPoint(share)];
        var (succeeded, output) = await HostProgram.Run("mount", arguments, deadline);
        // Another step may have been quicker.
        if (!succeeded && !await IsMounted(share, deadline))
            throw new StepFailure(ErrorCode.MountFailed, $"{target}: {share.Export} can't be mounted at {MountPoint(share)}: {output}. Check that this host may mount it", retryCanHelp: true);
    }

    private async Task<bool> IsMounted(NfsShare share, CancellationToken deadline)
    {
        var mounts = await File.ReadAllLinesAsync(mountsFile, deadline);
        var source = mounts.Select(line => line.Split(' ')).LastOrDefault(parts => parts.Length > 1 && parts[1] == MountPoint(share))?[0];
        return source is null ? false
            : source.TrimEnd('/') == share.Export.TrimEnd('/') ? true
            : throw new StepFailure(ErrorCode.MountFailed, $"{MountPoint(share)} is the place of {share.Export}, and {source} is mounted there; unmount it first");
    }
}
