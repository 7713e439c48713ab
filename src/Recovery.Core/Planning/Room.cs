using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>What is left on a host. Instances that are off take none: they are only defined.</summary>
internal readonly record struct Room(long MemoryMib, int Vcpus)
{
    public static Room Of(Host host, ClusterSnapshot snapshot, PlannerOptions options)
    {
        var memory = (long)(host.MemoryMib * options.MemoryOvercommit) - options.ReservedMemoryMib;
        var vcpus = (int)(host.Vcpus * options.VcpuOvercommit);
        foreach (var instance in snapshot.Instances)
        {
            if (instance.Host == host.Name && instance.Intent != PowerIntent.StayOff)
            {
                memory -= instance.MemoryMib;
                vcpus -= instance.Vcpus;
            }
        }

        foreach (var reservation in snapshot.Reservations)
        {
            if (reservation.Host == host.Name)
            {
                memory -= reservation.MemoryMib;
                vcpus -= reservation.Vcpus;
            }
        }

        return new Room(memory, vcpus);
    }

    public Room Less(Instance instance) =>
        instance.Intent == PowerIntent.StayOff
            ? this
            : new Room(MemoryMib - instance.MemoryMib, Vcpus - instance.Vcpus);
}
