using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Huge pages, NUMA cells and devices, after every move of the plan so far.</summary>
internal sealed class SpecialRoomRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement) =>
        !guest.AsksForSpecialRoom || placement.SpecialRoomOf(host).Less(guest.Instance) is not null;

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var (name, room, instance) = (placement.Cluster.Hosts[host].Name, placement.SpecialRoomOf(host), guest.Instance);
        var shortages = room.DevicesShort(instance)
            .Select(shortage => new Rejection(name, RejectionKind.DeviceMissing, $"{shortage} on {name}"))
            .ToList();
        var size = instance.Requirements.PageSizeKib;
        var pages = size == 0 ? 0 : SpecialRoom.PagesFor(instance.MemoryMib, size);
        if (pages > room.FreePages(size))
        {
            shortages.Add(new(name, RejectionKind.PagesShort,
                $"needs {pages} huge pages of {size} KiB, {name} has {room.FreePages(size)} free"));
        }
        else if (shortages.Count == 0)
        {
            shortages.Add(new(name, RejectionKind.NumaMismatch,
                $"its NUMA nodes ({Nodes(instance)}) don't each fit into a cell of {name}, which has {room.Cells.Count}"));
        }

        return shortages;
    }

    private static string Nodes(Instance instance) =>
        string.Join(", ", instance.Requirements.NumaNodes.Select(node => $"{node.MemoryMib} MiB and {node.Vcpus} vCPUs"));
}
