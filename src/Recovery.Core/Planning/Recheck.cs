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
        var cluster = new IndexedCluster(now, options);
        var guests = plan.Moves
            .Where(move => cluster.Find(move.Instance) is not null)
            .ToDictionary(move => move.Instance, move => cluster.GuestOf(cluster.Find(move.Instance)!, move.Priority));
        var scope = new Scope(cluster, request, guests.Values);
        var placement = new Placement(cluster, scope, guests.Values);
        var misfits = new List<(Move Move, string Why)>();
        foreach (var move in plan.Moves)
        {
            if (Misfit(move, guests, placement) is { } why)
            {
                misfits.Add((move, why));
            }
            else
            {
                placement.Put(guests[move.Instance], cluster.IndexOf(move.Target));
            }
        }

        return misfits.Count == 0 ? new RecheckedPlan(plan, []) : Mended(plan, misfits, guests, placement, request);
    }

    private static string? Misfit(Move move, Dictionary<Guid, Guest> guests, Placement placement)
    {
        if (!guests.TryGetValue(move.Instance, out var guest))
        {
            return "the inventory does not know it any more";
        }

        var host = placement.Cluster.IndexOf(move.Target);
        if (host < 0)
        {
            return $"{move.Target} is not registered any more";
        }

        return placement.Allows(guest, host) ? null : Feasibility.Explain(guest, host, placement)[0].Sentence;
    }

    private static RecheckedPlan Mended(
        Plan plan, List<(Move Move, string Why)> misfits, Dictionary<Guid, Guest> guests, Placement kept, PlanRequest request)
    {
        var again = misfits.Select(misfit => guests.GetValueOrDefault(misfit.Move.Instance)).OfType<Guest>().ToList();
        var mended = PlanWriter.Of(
            Arranger.Best(kept.Cluster, kept.Scope, again, [.. kept.Placed]).Placement,
            [.. guests.Values], [], request, Unplaced.MaximumHosts);
        var forgotten = misfits
            .Where(misfit => !guests.ContainsKey(misfit.Move.Instance))
            .Select(misfit => new Unplaced(misfit.Move.Instance, misfit.Move.Name, misfit.Move.Source, []));
        return new RecheckedPlan(
            new Plan(mended.Moves, [.. plan.Unplaced, .. mended.Unplaced, .. forgotten]),
            [.. misfits.Select(misfit => Sentence(misfit.Move, misfit.Why, mended))]);
    }

    private static string Sentence(Move move, string why, Plan mended) =>
        mended.Moves.FirstOrDefault(each => each.Instance == move.Instance) is { } placed
            ? $"{move.Name} goes to {placed.Target} instead of {move.Target}: {why}"
            : $"{move.Name} can't go to {move.Target}, and no other host can take it: {why}";
}
