using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>What is left on a host of things that can't be shared: huge pages by NUMA cell, and devices by class.</summary>
internal sealed record SpecialRoom(IReadOnlyList<NumaCell> Cells, IReadOnlyDictionary<string, int> Devices)
{
    /// <summary>The host never told its cells: whether pages and nodes fit is left to its executor.</summary>
    private bool CellsAreUnknown { get; init; }

    public static SpecialRoom Of(Host host) => new(host.Abilities.NumaCells ?? [], host.Abilities.Devices)
    {
        CellsAreUnknown = host.Abilities.NumaCells is null,
    };

    public static bool IsAskedBy(Instance instance) =>
        instance.Intent != PowerIntent.StayOff
        && (instance.Requirements.PageSizeKib > 0 || instance.Requirements.NumaNodes.Count > 0 || instance.Requirements.Devices.Count > 0);

    /// <summary>What is left when the instance is there; null when it does not fit.</summary>
    public SpecialRoom? Less(Instance instance)
    {
        var wanted = instance.Requirements;
        return DevicesLess(wanted.Devices) is { } devices && CellsLess(instance) is { } cells ? this with { Cells = cells, Devices = devices } : null;
    }

    public IEnumerable<string> DevicesShort(Instance instance) =>
        instance.Requirements.Devices
            .Where(wanted => wanted.Value > Devices.GetValueOrDefault(wanted.Key))
            .OrderBy(wanted => wanted.Key, StringComparer.Ordinal)
            .Select(wanted => $"needs {wanted.Value} of device {wanted.Key}, {Devices.GetValueOrDefault(wanted.Key)} are free");

    /// <summary>Free huge pages of a size on all cells together.</summary>
    public long FreePages(int sizeKib) => CellsAreUnknown ? long.MaxValue : Cells.Sum(cell => cell.FreePages.GetValueOrDefault(sizeKib));

    public static long PagesFor(long memoryMib, int sizeKib) => ((memoryMib * 1024) + sizeKib - 1) / sizeKib;

    private IReadOnlyDictionary<string, int>? DevicesLess(IReadOnlyDictionary<string, int> wanted)
    {
        if (wanted.Any(each => each.Value > Devices.GetValueOrDefault(each.Key)))
        {
            return null;
        }

        return wanted.Count == 0
            ? Devices
            : Devices.ToDictionary(each => each.Key, each => each.Value - wanted.GetValueOrDefault(each.Key));
    }

    private IReadOnlyList<NumaCell>? CellsLess(Instance instance)
    {
        var size = instance.Requirements.PageSizeKib;
        return (instance.Requirements.NumaNodes, size) switch
        {
            _ when CellsAreUnknown => Cells,
            ({ Count: 0 }, 0) => Cells,
            ({ Count: 0 }, _) => FromAnyCell(size, PagesFor(instance.MemoryMib, size)),
            (var nodes, _) => NodeByNode(nodes, size),
        };
    }

    // The memory of a guest without nodes of its own comes from wherever pages are.
    private List<NumaCell>? FromAnyCell(int size, long pages)
    {
        var left = new List<NumaCell>(Cells.Count);
        foreach (var cell in Cells)
        {
            var taken = Math.Min(pages, cell.FreePages.GetValueOrDefault(size));
            pages -= taken;
            left.Add(taken == 0 ? cell : Without(cell, size, taken));
        }

        return pages == 0 ? left : null;
    }

    // Each node of the guest wants a cell of its own. Largest node first, into the cell that it fills best.
    private List<NumaCell>? NodeByNode(IReadOnlyList<NumaNode> nodes, int size)
    {
        var left = Cells.ToDictionary(cell => cell.Id);
        var unused = left.Keys.ToHashSet();
        foreach (var node in nodes.OrderByDescending(node => node.MemoryMib).ThenByDescending(node => node.Vcpus))
        {
            var pages = size == 0 ? 0 : PagesFor(node.MemoryMib, size);
            var best = unused.Select(id => left[id])
                .Where(cell => cell.Vcpus >= node.Vcpus && (size == 0 ? cell.MemoryMib >= node.MemoryMib : cell.FreePages.GetValueOrDefault(size) >= pages))
                .OrderBy(cell => size == 0 ? cell.MemoryMib : cell.FreePages.GetValueOrDefault(size)).ThenBy(cell => cell.Id)
                .FirstOrDefault();
            if (best is null)
            {
                return null;
            }

            unused.Remove(best.Id);
            left[best.Id] = size == 0 ? best : Without(best, size, pages);
        }

        return [.. left.Values.OrderBy(cell => cell.Id)];
    }

    private static NumaCell Without(NumaCell cell, int size, long pages) => cell with
    {
        FreePages = cell.FreePages.ToDictionary(each => each.Key, each => each.Key == size ? each.Value - pages : each.Value),
    };
}
