using System.Globalization;
using System.Xml.Linq;

namespace Recovery.Executor.Libvirt;

/// <summary>A NUMA cell of this host, as virConnectGetCapabilities tells it.</summary>
/// <param name="HugePageSizesKib">Sizes of huge pages that it can have, in KiB.</param>
internal sealed record HostNumaCell(uint Id, ulong MemoryMib, uint Vcpus, IReadOnlyList<uint> HugePageSizesKib)
{
    private static readonly uint OrdinaryPageKib = (uint)Environment.SystemPageSize / 1024;

    /// <param name="topology">The capabilities' element of this name; null when there is none.</param>
    public static IReadOnlyList<HostNumaCell> All(XElement? topology) =>
    [
        .. (topology?.Elements("cells").Elements("cell") ?? []).Select(cell => new HostNumaCell(
            (uint)Number(cell.Attribute("id")?.Value),
            Number(cell.Element("memory")?.Value) / 1024,
            (uint)Number(cell.Element("cpus")?.Attribute("num")?.Value),
            [.. cell.Elements("pages").Select(pages => (uint)Number(pages.Attribute("size")?.Value)).Where(size => size > OrdinaryPageKib)])),
    ];

    /// <summary>Free huge pages of this cell by their size in KiB (virNodeGetFreePages); blocks. Empty when libvirt can't tell.</summary>
    /// <exception cref="LibvirtException">The connection broke.</exception>
    public unsafe IReadOnlyDictionary<uint, ulong> FreePages(LibvirtConnection connection)
    {
        if (HugePageSizesKib.Count == 0) return new Dictionary<uint, ulong>();
        var sizes = HugePageSizesKib.ToArray();
        var counts = new ulong[sizes.Length];
        int written;
        fixed (uint* size = sizes)
        fixed (ulong* count = counts)
            written = NativeMethods.virNodeGetFreePages(connection.Handle, (uint)sizes.Length, size, (int)Id, 1, count, 0);
        if (written >= 0) return sizes.Zip(counts).Take(written).ToDictionary(pages => pages.First, pages => pages.Second);
        var failure = LibvirtException.Last();
        return failure.ConnectionLost ? throw failure : new Dictionary<uint, ulong>();
    }

    private static ulong Number(string? text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
