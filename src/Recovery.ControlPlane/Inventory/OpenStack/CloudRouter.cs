using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>All that is known of one move, read fresh.</summary>
/// <param name="Instance">Null when no cell has it any more.</param>
/// <param name="Target">Null when it is no nova-compute.</param>
/// <param name="Definition">Null when there is none.</param>
internal sealed record MoveFacts(InstanceFacts? Instance, TargetFacts? Target, KeptDefinition? Definition);

/// <summary>Gives each move of a plan its route and what it writes; what can't be brought up by any stays down. Pure.</summary>
internal sealed class CloudRouter(RecoveryRoute? asked, ApiAnswers apis, OpenStackOptions options, DateTimeOffset now)
{
    private readonly CloudRoutes routes = new(CloudRoutes.Wish(asked, options), apis.Compute, options, now);

    public Plan Route(Plan plan, Func<Move, MoveFacts> known)
    {
        var moves = new List<Move>();
        var closed = new List<Unplaced>();
        foreach (var move in plan.Moves)
        {
            var (routed, why) = Route(move, known(move));
            if (why is null)
            {
                moves.Add(routed);
            }
            else
            {
                closed.Add(new Unplaced(move.Instance, move.Name, move.Source, [why]) { Priority = move.Priority });
            }
        }

        // Nobody waits for what stays down.
        var down = closed.Select(each => each.Instance).ToHashSet();
        return new Plan(
            [.. moves.Select(move => down.Count == 0 ? move : move with { After = [.. move.After.Where(id => !down.Contains(id))] })],
            [.. plan.Unplaced, .. closed]);
    }

    private (Move Move, Rejection? Why) Route(Move move, MoveFacts known)
    {
        if (CloudTransactions.WhyNot(move.Name, move.Source, move.Target, known.Instance, known.Target) is { } stale)
        {
            return (move, new Rejection(known.Target is null ? move.Target : "", RejectionKind.NoRoute, stale.TrimEnd('.')));
        }

        var (instance, target) = (known.Instance!, known.Target!);
        var chosen = routes.Of(move, target, known.Definition);
        if (chosen.Closed is { } closed)
        {
            return (move, closed);
        }

        var writes = CloudWrites.Of(move, chosen.Route, known.Definition is { Ports.Count: > 0 }, instance, target, apis, now);
        return writes.Refusal.Length > 0
            ? (move, new Rejection("", RejectionKind.HandedOver, writes.Refusal.TrimEnd('.')))
            : (move with { Route = chosen.Route, RouteReason = chosen.Reason, Writes = writes.Sentences, Cautions = writes.Cautions }, null);
    }
}
