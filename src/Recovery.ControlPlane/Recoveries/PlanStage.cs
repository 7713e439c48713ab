using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Step 3: a target, or reasons, for every instance, persisted with all that is needed to bring it up. Nothing
/// placeable ends the recovery before anything was touched.
/// </summary>
public sealed class PlanStage(
    IInventory inventory, PlanMaker maker, PlanArchive archive, BriefAbsence absence, CloseStage close, RecoveryOptions options)
{
    internal const string NothingThere = "The inventory knows no instance there: nothing to recover.";

    public async Task RunAsync(Claim claim, RecoveryRow recovery, CancellationToken cancellationToken)
    {
        if (recovery.State == RecoveryState.Accepted)
        {
            await claim.EnterAsync(RecoveryState.Planning, "Taking a snapshot and planning.", cancellationToken);
        }

        var request = WhatToPlan(recovery);
        var (shown, missing) = await ShownAsync(recovery, cancellationToken);
        MadePlan made;
        do
        {
            made = await maker.MakeAsync(
                await inventory.SnapshotAsync(recovery.Id, cancellationToken),
                cluster => DrawnPlan.From(shown, cluster, request, options.Planner),
                recovery.Request.Route,
                cancellationToken);
        }
        while (await absence.WasAwaitedAsync(claim, recovery, made.Plan.Unplaced.Count, cancellationToken));

        made = made with { Replanned = [.. missing, .. made.Replanned] };
        var plan = made.Plan;
        var message = Summary(plan);
        if (plan.Moves.Count > 0)
        {
            await claim.EnterAsync(
                RecoveryState.Fencing, message, cancellationToken,
                (context, row) => StoreAsync(claim, context, row, made));
            return;
        }

        await claim.EnterAsync(
            RecoveryState.Planning, message, cancellationToken,
            (context, row) => StoreAsync(claim, context, row, made));
        await close.RunAsync(claim, cancellationToken);
    }

    /// <summary>The plan that was shown and is to be carried out; none when it makes its own, as for a retry.</summary>
    private async Task<(Plan? Shown, IReadOnlyList<string> Missing)> ShownAsync(
        RecoveryRow recovery, CancellationToken cancellationToken)
    {
        if (recovery.PlanId is not { } id || recovery.Instances.Count > 0)
        {
            return (null, []);
        }

        return await archive.FindAsync(id, cancellationToken) is { } row
            ? (row.Plan, [])
            : (null, [$"Plan {id} is not kept any more, so everything is planned anew."]);
    }

    // The first time everything that was asked for; after a retry only what was retried.
    private static PlanRequest WhatToPlan(RecoveryRow recovery) => recovery.Request.ToPlanRequest(
        recovery.Instances.Count == 0
            ? recovery.Request.Instances
            : [.. recovery.Instances.Where(IsRetried).Select(row => row.InstanceId)]);

    internal static bool IsRetried(RecoveryInstanceRow row) =>
        row is { State: InstanceState.Waiting, Target: null };

    private static async Task StoreAsync(
        Claim claim,
        RecoveryDbContext context,
        RecoveryRow recovery,
        MadePlan made)
    {
        var plan = made.Plan;
        context.Events.AddRange(made.Replanned.Select(change => claim.NewEvent(EventTypes.Replan, change)));
        var known = recovery.Instances.ToDictionary(row => row.InstanceId);
        var instances = made.Cluster.Instances.ToDictionary(instance => instance.Id);
        var position = known.Count;
        foreach (var move in plan.Moves)
        {
            var row = RowOf(move.Instance);
            row.Target = move.Target;
            row.Route = move.Route;
            row.State = InstanceState.Waiting;
            row.Reason = "";
            row.Position = position++;
            context.Events.Add(claim.NewEvent(
                EventTypes.Plan, $"{move.Name} goes from {move.Source} to {move.Target}.", move.Instance, move.Target,
                state: StateNames.Of(InstanceState.Waiting)));
        }

        foreach (var unplaced in plan.Unplaced)
        {
            var row = RowOf(unplaced.Instance);
            LeaveDown(claim, context, row, unplaced);
            row.Position = position++;
        }

        foreach (var row in known.Values.Where(IsRetried))
        {
            row.State = InstanceState.Failed;
            row.Reason = $"It does not belong to {row.Source} any more; look where it is now before doing anything.";
        }

        recovery.Plan = Merge(recovery.Plan, plan);
        recovery.PlannedAt = claim.Time.GetUtcNow();
        await LockAsync(context, recovery);

        RecoveryInstanceRow RowOf(Guid id)
        {
            if (known.Remove(id, out var row))
            {
                return row;
            }

            var (instance, kept) = (instances[id], made.Definitions.GetValueOrDefault(id));
            row = new RecoveryInstanceRow
            {
                RecoveryId = recovery.Id,
                InstanceId = id,
                Name = instance.Name,
                Source = instance.Host,
                Intent = instance.Intent,
                State = InstanceState.Waiting,
                Instance = kept?.Complete(instance) ?? instance,
                Definition = kept?.Definable ?? "",
                SourceStorages = [.. kept?.SourceStorages ?? []],
                SourceCpuModel = kept?.SourceCpuModel ?? "",
            };
            recovery.Instances.Add(row);
            context.RecoveryInstances.Add(row);
            return row;
        }
    }

    // Instances that came to be known between acceptance and plan are held from here on.
    internal static async Task LockAsync(RecoveryDbContext context, RecoveryRow recovery)
    {
        var held = await context.Locks
            .Where(row => row.RecoveryId == recovery.Id)
            .Select(row => row.Subject)
            .ToListAsync();
        context.Locks.AddRange(recovery.Instances
            .Select(row => RecoveryLockRow.ForInstance(row.InstanceId))
            .Except(held)
            .Select(subject => new RecoveryLockRow { Subject = subject, RecoveryId = recovery.Id }));
    }

    /// <summary>The plan in force after some of it was planned again.</summary>
    internal static Plan Merge(Plan? before, Plan now)
    {
        if (before is null)
        {
            return now;
        }

        var again = now.Moves.Select(move => move.Instance).Concat(now.Unplaced.Select(each => each.Instance)).ToHashSet();
        return new Plan(
            [.. before.Moves.Where(move => !again.Contains(move.Instance)), .. now.Moves],
            [.. before.Unplaced.Where(each => !again.Contains(each.Instance)), .. now.Unplaced]);
    }

    private static string Summary(Plan plan) => (plan.Moves.Count, plan.Unplaced.Count) switch
    {
        (0, 0) => NothingThere,
        (0, var unplaced) => $"None of {unplaced} instances can be placed; nothing was touched.",
        (var moves, 0) => $"All {moves} instances have a target.",
        var (moves, unplaced) => $"{moves} instances have a target, {unplaced} have none.",
    };

    /// <summary>No host can take it: it says why, in its row and as an event.</summary>
    internal static void LeaveDown(Claim claim, RecoveryDbContext context, RecoveryInstanceRow row, Unplaced unplaced)
    {
        row.Target = null;
        row.State = InstanceState.Unplaced;
        row.Reason = WhyUnplaced.InOneLine(unplaced);
        context.Events.Add(claim.NewEvent(
            EventTypes.Plan, $"{row.Name} stays down: {row.Reason}", row.InstanceId, state: StateNames.Of(row.State)));
    }
}
