using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>An amount of what instances take and hosts have: memory in MiB, virtual processors, disk in MiB.</summary>
internal readonly record struct Room(long MemoryMib, long Vcpus, long DiskMib)
{
    public static Room None => default;

    /// <summary>What may be promised on a host: all of it times the overcommit ratio, less the reserve.</summary>
    public static Room Capacity(Host host, PlannerOptions options)
    {
        var limits = host.Limits;
        return new Room(
            Usable(host.MemoryMib, limits.MemoryOvercommit ?? options.MemoryOvercommit, limits.ReservedMemoryMib ?? options.ReservedMemoryMib),
            Usable(host.Vcpus, limits.VcpuOvercommit ?? options.VcpuOvercommit, limits.ReservedVcpus ?? options.ReservedVcpus),
            Usable(host.DiskMib, limits.DiskOvercommit ?? options.DiskOvercommit, limits.ReservedDiskMib ?? options.ReservedDiskMib));
    }

    /// <summary>What an instance takes. One that is off is only defined: it takes its disk and, in most clusters, nothing else.</summary>
    public static Room Of(Instance instance) => instance is { Intent: PowerIntent.StayOff, HoldsRoomWhenOff: false }
        ? new Room(0, 0, instance.DiskMib)
        : new Room(instance.MemoryMib, instance.Vcpus, instance.DiskMib);

    public static Room operator +(Room left, Room right) =>
        new(left.MemoryMib + right.MemoryMib, left.Vcpus + right.Vcpus, left.DiskMib + right.DiskMib);

    public static Room operator -(Room left, Room right) =>
        new(left.MemoryMib - right.MemoryMib, left.Vcpus - right.Vcpus, left.DiskMib - right.DiskMib);

    /// <summary>Whether there is room for this demand. What asks for nothing fits even on a host that is promised too much.</summary>
    public bool Holds(Room demand) =>
        (demand.MemoryMib == 0 || demand.MemoryMib <= MemoryMib)
        && (demand.Vcpus == 0 || demand.Vcpus <= Vcpus)
        && (demand.DiskMib == 0 || demand.DiskMib <= DiskMib);

    /// <summary>What is missing for this demand; nothing where there is enough.</summary>
    public Room Missing(Room demand) => new(
        Shortage(demand.MemoryMib, MemoryMib), Shortage(demand.Vcpus, Vcpus), Shortage(demand.DiskMib, DiskMib));

    /// <summary>A part of a whole; nothing where there is no whole.</summary>
    public static double Share(long part, long whole) => whole <= 0 ? 0 : (double)part / whole;

    // Placement's formula: (total - reserved) * ratio promises what the host's own system needs; ours keeps it whole.
    private static long Usable(long total, double overcommit, long reserved) =>
        Math.Max(0, (long)(total * overcommit) - reserved);

    private static long Shortage(long wanted, long free) => wanted == 0 ? 0 : Math.Max(0, wanted - Math.Max(0, free));
}
