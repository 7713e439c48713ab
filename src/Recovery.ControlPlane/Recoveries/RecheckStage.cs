using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Step 5: the plan against a fresh snapshot. Only what no longer fits is planned again, and it is said.</summary>
public sealed class RecheckStage(IInventory inventory, BriefAbsence absence, RecoveryOptions options)
{
    public async Task RunAsync(
        Claim claim, RecoveryRow recovery, IReadOnlyList<FenceProof> proofs, CancellationToken cancellationToken)
    {
        var waiting = recovery.Instances
            .Where(row => row is { State: InstanceState.Waiting, Target: not null })
            .OrderBy(row => row.Position)
            .ToList();
        var planned = (recovery.Plan?.Moves ?? []).ToDictionary(move => move.Instance);
        var plan = new Plan(
            [.. waiting.Select(row =>
                (planned.GetValueOrDefault(row.InstanceId) ?? new Move(row.InstanceId, row.Name, row.Source, row.Target!, row.Intent))
                with { Target = row.Target!, Intent = row.Intent })],
            []);
        var request = recovery.Request.ToPlanRequest([]);
        RecheckedPlan rechecked;
        do
        {
            rechecked = Recheck.Of(plan, await inventory.SnapshotAsync(recovery.Id, cancellationToken), request, options.Planner);
        }
        while (await absence.WasAwaitedAsync(claim, recovery, rechecked.Plan.Unplaced.Count, cancellationToken));

        rechecked = rechecked with { Plan = await inventory.RouteAsync(rechecked.Plan, recovery.Request.Route, cancellationToken) };
        var count = rechecked.Plan.Moves.Count;
        await claim.EnterAsync(
            RecoveryState.Recovering,
            count == 1 ? "Bringing up 1 instance." : $"Bringing up {count} instances.",
            cancellationToken,
            (context, row) =>
            {
                context.Events.AddRange(proofs.Select(proof => claim.NewEvent(
                    EventTypes.Fence, $"{proof.Host} is proven off: {proof.Evidence}", host: proof.Host)));
                return StoreAsync(claim, context, row, rechecked);
            });
    }

    private static Task StoreAsync(Claim claim, RecoveryDbContext context, RecoveryRow recovery, RecheckedPlan rechecked)
    {
        recovery.FencedAt ??= claim.Time.GetUtcNow();
        var rows = recovery.Instances.ToDictionary(row => row.InstanceId);
        foreach (var move in rechecked.Plan.Moves)
        {
            rows[move.Instance].Target = move.Target;
            rows[move.Instance].Route = move.Route;
        }

        foreach (var unplaced in rechecked.Plan.Unplaced)
        {
            PlanStage.LeaveDown(claim, context, rows[unplaced.Instance], unplaced);
        }

        recovery.Plan = PlanStage.Merge(recovery.Plan, rechecked.Plan);
        context.Events.AddRange(rechecked.Changes.Select(change => claim.NewEvent(EventTypes.Replan, change)));
        return Task.CompletedTask;
    }
}
