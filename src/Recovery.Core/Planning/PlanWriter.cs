using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Writes down what was arranged: the moves in the order of starting, and why the rest stays down.</summary>
internal static class PlanWriter
{
    public static Plan Of(
        Placement placement,
        IReadOnlyList<Guest> guests,
        IReadOnlyList<Unplaced> stayDown,
        PlanRequest request,
        int explainedHosts)
    {
        var placed = guests.Where(guest => placement.HostOf(guest.Instance.Id) is not null).ToList();
        var left = guests.Where(guest => placement.HostOf(guest.Instance.Id) is null).ToList();
        var explanation = new Explanation(placement, explainedHosts);
        return new Plan(
            [.. Order.ForStarting(placed, request.IgnoreDependencies).Select(guest => MoveOf(guest, placement, request))],
            [.. Order.ForStarting(left, ignoreDependencies: true).Select(explanation.Of),
                .. stayDown.OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Instance)]);
    }

    private static Move MoveOf(Guest guest, Placement placement, PlanRequest request)
    {
        var (instance, host) = (guest.Instance, placement.HostOf(guest.Instance.Id)!.Value);
        return new Move(instance.Id, instance.Name, instance.Host, placement.Cluster.Hosts[host].Name, instance.Intent)
        {
            Priority = guest.Priority,
            After = request.IgnoreDependencies ? [] : [.. instance.Policy.After.Where(id => placement.HostOf(id) is not null).Distinct()],
            OnlyTarget = !HasAnother(guest, host, placement),
        };
    }

    private static bool HasAnother(Guest guest, int host, Placement placement)
    {
        // Where it is now, it would itself keep a group that must stay together from being elsewhere.
        var moment = placement.Save();
        placement.Take(guest);
        var another = false;
        foreach (var other in guest.Feasible)
        {
            another |= other != host && placement.Allows(guest, other);
            if (another)
            {
                break;
            }
        }

        placement.Restore(moment);
        return another;
    }
}
