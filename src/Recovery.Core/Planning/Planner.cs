using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>
/// Decides which host takes which instance. Same input, same plan, whatever the input's order. Each move is applied
/// to the room that is left before the next is chosen, so that no host is promised twice.
/// </summary>
public static class Planner
{
    public static Plan Plan(ClusterSnapshot snapshot, PlanRequest request, PlannerOptions options)
    {
        var hosts = snapshot.Hosts.OrderBy(host => host.Name, StringComparer.Ordinal).ToList();
        var room = hosts.ToDictionary(host => host.Name, host => Room.Of(host, snapshot, options));
        var moves = new List<Move>();
        var unplaced = new List<Unplaced>();

        foreach (var instance in InOrder(Requested(snapshot, request)))
        {
            var rejections = new List<Rejection>();
            Host? best = null;
            foreach (var host in hosts)
            {
                var reasons = Feasibility.Check(instance, host, room[host.Name], request).ToList();
                rejections.AddRange(reasons);
                if (reasons.Count == 0 && (best is null || RoomAfter(host).CompareTo(RoomAfter(best)) > 0))
                {
                    best = host;
                }
            }

            if (best is null)
            {
                unplaced.Add(new(instance.Id, instance.Name, instance.Host, rejections));
                continue;
            }

            room[best.Name] = room[best.Name].Less(instance);
            moves.Add(new(instance.Id, instance.Name, instance.Host, best.Name, instance.Intent));

            // Balance: the host that is emptiest after the move; the first by name where two are equal.
            (long, int) RoomAfter(Host host) =>
                (room[host.Name].Less(instance).MemoryMib, room[host.Name].Less(instance).Vcpus);
        }

        return new Plan(moves, unplaced);
    }

    private static IEnumerable<Instance> Requested(ClusterSnapshot snapshot, PlanRequest request) =>
        snapshot.Instances.Where(instance =>
            (request.Instances.Count == 0 || request.Instances.Contains(instance.Id))
            && (request.Sources.Count == 0 || request.Sources.Contains(instance.Host)));

    // What ran comes before what was off: somebody misses it. Larger first, because small ones fit in what is left.
    private static IEnumerable<Instance> InOrder(IEnumerable<Instance> instances) =>
        instances
            .OrderBy(instance => instance.Intent == PowerIntent.StayOff)
            .ThenByDescending(instance => instance.MemoryMib)
            .ThenByDescending(instance => instance.Vcpus)
            .ThenBy(instance => instance.Name, StringComparer.Ordinal)
            .ThenBy(instance => instance.Id);
}
