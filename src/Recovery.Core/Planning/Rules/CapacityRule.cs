namespace Recovery.Core.Planning.Rules;

/// <summary>Memory, virtual processors and disk, after every move of the plan so far.</summary>
internal sealed class CapacityRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement) => placement.RoomOf(host).Holds(guest.Demand);

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var (name, room, demand) = (placement.Cluster.Hosts[host].Name, placement.RoomOf(host), guest.Demand);
        var missing = room.Missing(demand);
        if (missing.MemoryMib > 0)
        {
            yield return new(name, RejectionKind.MemoryShort,
                $"needs {demand.MemoryMib} MiB, {name} has {Math.Max(0, room.MemoryMib)} MiB free");
        }

        if (missing.Vcpus > 0)
        {
            yield return new(name, RejectionKind.VcpusShort,
                $"needs {demand.Vcpus} vCPUs, {name} has {Math.Max(0, room.Vcpus)} free");
        }

        if (missing.DiskMib > 0)
        {
            yield return new(name, RejectionKind.DiskShort,
                $"needs {demand.DiskMib} MiB of disk, {name} has {Math.Max(0, room.DiskMib)} MiB free");
        }
    }
}
