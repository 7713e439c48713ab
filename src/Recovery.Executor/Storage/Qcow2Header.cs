using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recovery.Executor.Storage;

/// <summary>
/// The header of a qcow2 image (QEMU's docs/interop/qcow2.txt), read by ourselves: whoever probes a guest's disk for
/// its format lets the guest choose which files the host opens.
/// </summary>
/// <param name="VirtualSize">In bytes.</param>
/// <param name="BackingFile">As written in the header; null when there is none.</param>
/// <param name="BackingFormat">As written in the header; null when it names none.</param>
/// <param name="HasExternalData">The data is in a second file, which the header only names.</param>
/// <param name="IsCorrupt">QEMU found it damaged and marked it so.</param>
internal sealed record Qcow2Header(
    ulong VirtualSize, string? BackingFile, string? BackingFormat, bool HasExternalData, bool IsCorrupt)
{
    private const uint Magic = 0x514649fb;
    private const int Version2Length = 72;
    private const int LongestBackingName = 1023;
    private const uint BackingFormatExtension = 0xe2792aca;
    private const ulong CorruptBit = 1 << 1, ExternalDataBit = 1 << 2;

    // The header, its extensions and the backing name lie in the first cluster; the largest cluster is 2 MiB.
    private const int LongestHeader = 2 << 20;

    /// <exception cref="InvalidDataException">It is no qcow2 image, or its header is damaged; the message says which.</exception>
    public static Qcow2Header Read(SafeFileHandle file)
    {
        Span<byte> head = stackalloc byte[104];
        var length = RandomAccess.Read(file, head, 0);
        if (length < Version2Length || Big32(head, 0) != Magic) throw new InvalidDataException("it is no qcow2 image");
        var version = Big32(head, 4);
        if (version is not (2 or 3)) throw new InvalidDataException($"it is a qcow2 image of the unknown version {version}");
        var clusterBits = Big32(head, 20);
        if (clusterBits is < 9 or > 21) throw new InvalidDataException("its qcow2 header is damaged (cluster size)");
        if (version == 3 && length < 104) throw new InvalidDataException("its qcow2 header is cut off");
        var features = version == 3 ? Big64(head, 72) : 0;
        var headerLength = version == 3 ? Big32(head, 100) : Version2Length;
        var cluster = ReadFirstCluster(file, 1 << (int)clusterBits);
        var backingFile = BackingName(cluster, Big64(head, 8), Big32(head, 16));
        return new Qcow2Header(
            Big64(head, 24),
            backingFile,
            backingFile is null ? null : Extension(cluster, headerLength, BackingFormatExtension),
            (features & ExternalDataBit) != 0,
            (features & CorruptBit) != 0);
    }

    private static ReadOnlySpan<byte> ReadFirstCluster(SafeFileHandle file, int size)
    {
        var bytes = new byte[Math.Min(size, LongestHeader)];
        return bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0));
    }

    private static string? BackingName(ReadOnlySpan<byte> cluster, ulong offset, uint length)
    {
        if (offset == 0 || length == 0) return null;
        if (length > LongestBackingName || offset + length > (ulong)cluster.Length)
            throw new InvalidDataException("its qcow2 header is damaged (backing file name)");
        return Encoding.UTF8.GetString(cluster.Slice((int)offset, (int)length));
    }

    // Extensions follow the header: type, length, data, padded to eight bytes; type 0 ends them.
    private static string? Extension(ReadOnlySpan<byte> cluster, uint start, uint wanted)
    {
        ulong offset = start;
        while (offset + 8 <= (ulong)cluster.Length)
        {
            var type = Big32(cluster, (int)offset);
            var length = Big32(cluster, (int)offset + 4);
            if (type == 0) return null;
            if (offset + 8 + length > (ulong)cluster.Length) throw new InvalidDataException("its qcow2 header is damaged (extensions)");
            if (type == wanted) return Encoding.UTF8.GetString(cluster.Slice((int)offset + 8, (int)length));
            offset += 8 + ((length + 7ul) & ~7ul);
        }
        return null;
    }

    private static uint Big32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private static ulong Big64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]);
}
