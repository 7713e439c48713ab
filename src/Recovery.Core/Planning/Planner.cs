using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>
/// Decides which host takes which instance. Same input, same plan, whatever the input's order. The batch is planned as a
/// whole: each move is applied to what is left before the next is chosen, so that no host is promised twice.
/// </summary>
public static class Planner
{
    public static Plan Plan(ClusterSnapshot snapshot, PlanRequest request, PlannerOptions options) =>
        Plan(new IndexedCluster(snapshot, options), request);

    internal static Plan Plan(IndexedCluster cluster, PlanRequest request, int explainedHosts = Unplaced.MaximumHosts)
    {
        var wishes = Wishes.Of(Requested(cluster, request), request, cluster.Options);
        var guests = Guests(cluster, wishes.Wanted, request);
        var scope = new Scope(cluster, request, guests);
        var best = Arranger.Best(cluster, scope, guests, settled: []);
        return PlanWriter.Of(best.Placement, guests, wishes.StayDown, request, explainedHosts);
    }

    internal static List<Guest> Guests(IndexedCluster cluster, IReadOnlyCollection<Instance> instances, PlanRequest request)
    {
        var tiers = Dependencies.Tiers(instances, request.IgnoreDependencies);
        return [.. instances
            .OrderBy(instance => instance.Name, StringComparer.Ordinal).ThenBy(instance => instance.Id)
            .Select(instance => cluster.GuestOf(instance, tiers[instance.Id]))];
    }

    private static List<Instance> Requested(IndexedCluster cluster, PlanRequest request)
    {
        var sources = request.Sources.Select(cluster.IndexOf).Where(host => host >= 0).Distinct().ToList();
        var requested = request switch
        {
            { Instances.Count: 0, Sources.Count: 0 } => cluster.Snapshot.Instances,
            { Instances.Count: 0 } => sources.SelectMany(cluster.InstancesOf),
            _ => request.Instances.Distinct().Select(cluster.Find).OfType<Instance>()
                .Where(instance => request.Sources.Count == 0 || sources.Contains(cluster.IndexOf(instance.Host))),
        };
        var excluded = request.ExcludedInstances.ToHashSet();
        return [.. requested.Where(instance => !excluded.Contains(instance.Id))];
    }
}
