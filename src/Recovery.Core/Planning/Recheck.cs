using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>A plan held against a newer snapshot.</summary>
/// <param name="Plan">What still fits, as it was, and new places for what does not.</param>
/// <param name="Changes">One sentence for each move that is not as it was.</param>
public sealed record RecheckedPlan(Plan Plan, IReadOnlyList<string> Changes);

/// <summary>Between planning and starting lies fencing, and the world moves on. What still fits is left alone.</summary>
public static class Recheck
{
    public static RecheckedPlan Of(Plan plan, ClusterSnapshot now, PlanRequest request, PlannerOptions options)
    {
        var hosts = now.Hosts.ToDictionary(host => host.Name, StringComparer.Ordinal);
        var instances = now.Instances.ToDictionary(instance => instance.Id);
        var room = now.Hosts.ToDictionary(host => host.Name, host => Room.Of(host, now, options), StringComparer.Ordinal);
        var kept = new List<Move>();
        var misfits = new List<(Move Move, string Why)>();

        foreach (var move in plan.Moves)
        {
            if (!instances.TryGetValue(move.Instance, out var instance))
            {
                misfits.Add((move, "the inventory does not know it any more"));
            }
            else if (!hosts.TryGetValue(move.Target, out var target))
            {
                misfits.Add((move, $"{move.Target} is not registered any more"));
            }
            else if (Feasibility.Check(instance, target, room[target.Name], request).FirstOrDefault() is { } rejection)
            {
                misfits.Add((move, rejection.Sentence));
            }
            else
            {
                room[target.Name] = room[target.Name].Less(instance);
                kept.Add(move);
            }
        }

        if (misfits.Count == 0)
        {
            return new RecheckedPlan(plan, []);
        }

        var promised = kept
            .Where(move => move.Intent != PowerIntent.StayOff)
            .Select(move => new Reservation(move.Target, move.Instance, instances[move.Instance].MemoryMib, instances[move.Instance].Vcpus));
        var again = Planner.Plan(
            now with { Reservations = [.. now.Reservations, .. promised] },
            request with { Instances = [.. misfits.Select(misfit => misfit.Move.Instance)] },
            options);
        var forgotten = misfits
            .Where(misfit => !instances.ContainsKey(misfit.Move.Instance))
            .Select(misfit => new Unplaced(misfit.Move.Instance, misfit.Move.Name, misfit.Move.Source, []));
        return new RecheckedPlan(
            new Plan([.. kept, .. again.Moves], [.. plan.Unplaced, .. again.Unplaced, .. forgotten]),
            [.. misfits.Select(misfit => Sentence(misfit.Move, misfit.Why, again))]);
    }

    private static string Sentence(Move move, string why, Plan again) =>
        again.Moves.FirstOrDefault(each => each.Instance == move.Instance) is { } placed
            ? $"{move.Name} goes to {placed.Target} instead of {move.Target}: {why}"
            : $"{move.Name} can't go to {move.Target}, and no other host can take it: {why}";
}
