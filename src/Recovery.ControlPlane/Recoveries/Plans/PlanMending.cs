using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>
/// A plan that was made before, on the cluster as it is now: what still fits is left alone, only the rest is planned
/// again, and every difference is a sentence. Pure.
/// </summary>
public static class PlanMending
{
    public static DrawnPlan Of(Plan stored, ClusterSnapshot now, PlanRequest request, PlannerOptions options)
    {
        var wanted = Wanted(now, request);
        var changes = new List<string>();
        var kept = new List<Move>();
        foreach (var move in stored.Moves)
        {
            if (!wanted.TryGetValue(move.Instance, out var instance) || instance.Host != move.Source)
            {
                changes.Add(Left(move.Instance, move.Name, move.Source, now));
                continue;
            }

            if (instance.Policy.OptOut && !request.Instances.Contains(move.Instance))
            {
                changes.Add($"{move.Name} is left out: its owner does not want it recovered any more.");
                continue;
            }

            if (instance.Intent != move.Intent)
            {
                changes.Add($"{move.Name} was {Words(move.Intent)} when this was planned and is {Words(instance.Intent)} now; so it will be afterwards.");
            }

            kept.Add(move with { Intent = instance.Intent });
        }

        foreach (var unplaced in stored.Unplaced.Where(each => !wanted.TryGetValue(each.Instance, out var instance) || instance.Host != each.Source))
        {
            changes.Add(Left(unplaced.Instance, unplaced.Name, unplaced.Source, now));
        }

        var rechecked = Recheck.Of(new Plan(kept, []), now, request, options);
        changes.AddRange(rechecked.Changes);

        var settled = kept.Select(move => move.Instance).ToHashSet();
        if (settled.Count == wanted.Count)
        {
            return new DrawnPlan(Ordered(rechecked.Plan, wanted, request), changes);
        }

        // Not by naming the others: what is named is recovered even where its owner does not want it.
        var more = Planner.Plan(
            After(now, rechecked.Plan),
            request with { ExcludedInstances = [.. request.ExcludedInstances, .. settled] },
            options);
        var before = stored.Unplaced.Select(each => each.Instance).ToHashSet();
        var shown = stored.Moves.Select(move => move.Instance).Concat(before).ToHashSet();
        changes.AddRange(more.Moves.Select(move => before.Contains(move.Instance)
            ? $"{move.Name} had no place in the plan; it goes to {move.Target} now."
            : $"{move.Name} was not in the plan; it goes to {move.Target}."));
        changes.AddRange(more.Unplaced.Where(each => !shown.Contains(each.Instance))
            .Select(each => $"{each.Name} was not in the plan, and {(each.ByWish ? "stays down, as somebody wanted" : "no host can take it")}."));
        return new DrawnPlan(
            Ordered(
                new Plan([.. rechecked.Plan.Moves, .. more.Moves], [.. rechecked.Plan.Unplaced, .. more.Unplaced]), wanted, request),
            changes);
    }

    private static Dictionary<Guid, Instance> Wanted(ClusterSnapshot now, PlanRequest request)
    {
        var (only, not) = (request.Instances.ToHashSet(), request.ExcludedInstances.ToHashSet());
        return now.Instances
            .Where(instance => request.Sources.Contains(instance.Host)
                && (only.Count == 0 || only.Contains(instance.Id))
                && !not.Contains(instance.Id))
            .ToDictionary(instance => instance.Id);
    }

    // The cluster as it will be when the plan was carried out: room and groups are those of then.
    private static ClusterSnapshot After(ClusterSnapshot now, Plan plan)
    {
        var targets = plan.Moves.ToDictionary(move => move.Instance, move => move.Target);
        return now with
        {
            Instances = [.. now.Instances.Select(instance =>
                targets.TryGetValue(instance.Id, out var target) ? instance with { Host = target } : instance)],
        };
    }

    // What was planned apart does not know what it waits for in the other part.
    private static Plan Ordered(Plan plan, Dictionary<Guid, Instance> wanted, PlanRequest request)
    {
        var moved = plan.Moves.Select(move => move.Instance).ToHashSet();
        return plan with
        {
            Moves = [.. plan.Moves.Select(move => move with
            {
                After = request.IgnoreDependencies ? [] : [.. wanted[move.Instance].Policy.After.Where(moved.Contains)],
            })],
        };
    }

    private static string Left(Guid id, string name, string source, ClusterSnapshot now) =>
        now.Instances.FirstOrDefault(instance => instance.Id == id) switch
        {
            null => $"{name} is left out: the inventory does not know it any more.",
            { Host: var host } when host != source => $"{name} does not belong to {source} any more but to {host}: its move from {source} is left out.",
            _ => $"{name} is left out: it is not asked for any more.",
        };

    private static string Words(PowerIntent intent) => intent switch
    {
        PowerIntent.StayOff => "off",
        PowerIntent.Pause => "paused",
        _ => "running",
    };
}
