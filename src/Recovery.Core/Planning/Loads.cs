using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>How full the hosts are, and which would be fullest after a plan.</summary>
internal sealed class Loads
{
    private readonly IndexedCluster cluster;
    private readonly int[] fullestFirst;

    private Loads(IndexedCluster cluster)
    {
        this.cluster = cluster;
        fullestFirst = [.. Enumerable.Range(0, cluster.Hosts.Count)
            .Where(host => Takes(cluster.Hosts[host]))
            .OrderByDescending(host => Fullness(LoadOf(host, cluster.FreeRoom[host]))).ThenBy(host => host)];
    }

    public static Loads Of(IndexedCluster cluster) => new(cluster);

    /// <summary>Whether the host takes instances now, as far as it alone decides.</summary>
    public static bool Takes(Host host) => host is { Liveness: HostLiveness.Up, Maintenance: false, Quarantined: false };

    /// <summary>Null when no host that takes instances is left.</summary>
    public Load? FullestAfter(Plan plan, IReadOnlyList<int> lost)
    {
        var added = new Dictionary<int, Room>();
        foreach (var move in plan.Moves)
        {
            var target = cluster.IndexOf(move.Target);
            added[target] = added.GetValueOrDefault(target) + Room.Of(cluster.Find(move.Instance)!);
        }

        var before = fullestFirst.Cast<int?>().FirstOrDefault(host => !lost.Contains(host!.Value));
        return added.Select(each => LoadOf(each.Key, cluster.FreeRoom[each.Key] - each.Value))
            .Concat(before is { } host && !added.ContainsKey(host) ? [LoadOf(host, cluster.FreeRoom[host])] : [])
            .OrderByDescending(Fullness).ThenBy(load => load.Host, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private Load LoadOf(int host, Room free)
    {
        var capacity = cluster.CapacityOf(host);
        return new Load(cluster.Hosts[host].Name, Percent(free.MemoryMib, capacity.MemoryMib), Percent(free.Vcpus, capacity.Vcpus));
    }

    private static double Fullness(Load load) => Math.Max(load.MemoryPercent, load.VcpuPercent);

    private static double Percent(long free, long capacity) =>
        capacity <= 0 ? 100 : Math.Round(100.0 * (capacity - free) / capacity, 1);
}
