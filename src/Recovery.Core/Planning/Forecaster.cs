using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Plans the loss of every host, or failure domain, on one snapshot. It asks the planner itself, so what it calls survivable is placed.</summary>
public static class Forecaster
{
    // A forecast says what would help and the nearest reasons; the plan itself has all of them.
    private const int ExplainedHosts = 3;

    public static Forecast Of(ClusterSnapshot snapshot, ForecastLevel level, PlannerOptions options)
    {
        var cluster = new IndexedCluster(snapshot, options);
        var loads = Loads.Of(cluster);
        var losses = Subjects(cluster, level)
            .Select(subject => LossOf(cluster, loads, subject.Name, subject.Hosts))
            .OrderBy(loss => loss.Survivable).ThenBy(loss => loss.Name, StringComparer.Ordinal);
        return new Forecast(snapshot.At, level, [.. losses], HeadRoomOf(cluster));
    }

    private static IEnumerable<(string Name, IReadOnlyList<int> Hosts)> Subjects(IndexedCluster cluster, ForecastLevel level)
    {
        var hosts = Enumerable.Range(0, cluster.Hosts.Count);
        return level == ForecastLevel.Host
            ? hosts.Select(host => (cluster.Hosts[host].Name, (IReadOnlyList<int>)[host]))
            : hosts.GroupBy(cluster.DomainOf).Select(domain => (Name(cluster.Hosts[domain.First()]), (IReadOnlyList<int>)[.. domain]));

        static string Name(Host host) => host.FailureDomain.Length > 0 ? host.FailureDomain : host.Name;
    }

    private static Loss LossOf(IndexedCluster cluster, Loads loads, string name, IReadOnlyList<int> hosts)
    {
        var names = hosts.Select(host => cluster.Hosts[host].Name).ToList();
        var plan = Planner.Plan(cluster, new PlanRequest(names, [], []), ExplainedHosts);
        return new Loss(
            name,
            names,
            hosts.Sum(host => cluster.InstancesOf(host).Count),
            [.. plan.Unplaced.Where(unplaced => !unplaced.ByWish)],
            loads.FullestAfter(plan, hosts));
    }

    private static HeadRoom HeadRoomOf(IndexedCluster cluster)
    {
        var free = Enumerable.Range(0, cluster.Hosts.Count)
            .Where(host => Loads.Takes(cluster.Hosts[host]))
            .Select(host => cluster.FreeRoom[host])
            .Select(room => (MemoryMib: Math.Max(0, room.MemoryMib), Vcpus: Math.Max(0, room.Vcpus)))
            .ToList();
        return new HeadRoom(
            free.Count,
            free.Sum(room => room.MemoryMib),
            free.Sum(room => room.Vcpus),
            free.Count == 0 ? 0 : free.Max(room => room.MemoryMib));
    }
}
