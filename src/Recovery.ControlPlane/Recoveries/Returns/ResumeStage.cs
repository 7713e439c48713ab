using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Returns;

/// <summary>
/// The planning of a resume: what the hosts that are back shall forget, and what shall run there again. Nothing is
/// fenced and nothing moves: source and target are the same.
/// </summary>
public sealed class ResumeStage(IInventory inventory, ReturnSight sight, ReturnLedger ledger, CloseStage close)
{
    public async Task RunAsync(Claim claim, RecoveryRow recovery, CancellationToken cancellationToken)
    {
        var hosts = string.Join(", ", recovery.Request.Hosts);
        if (recovery.State == RecoveryState.Accepted)
        {
            await claim.EnterAsync(
                RecoveryState.Planning, $"Looking at what is on {hosts}, and at what belongs there.", cancellationToken);
        }

        var views = new List<ReturnView>();
        foreach (var host in recovery.Request.Hosts)
        {
            views.Add(await sight.LookAsync(host, recovery.Id, recovery.Request.OnlyAutostart, cancellationToken));
        }

        var work = views.SelectMany(view => view.Plan.Verdicts.Select(verdict => new Work(view, verdict)))
            .Where(each => IsMeant(recovery, each))
            .DistinctBy(each => each.Verdict.Domain.Id)
            .ToList();
        var definitions = await inventory.DefinitionsAsync([.. work.Select(each => each.Verdict.Domain.Id)], cancellationToken);
        var retried = recovery.Instances.Where(PlanStage.IsRetried).ToList();
        if (work.Count + retried.Count == 0)
        {
            await ledger.SettleAsync(claim, recovery, cancellationToken);
            await close.RunAsync(claim, cancellationToken, NothingToDo(views));
            return;
        }

        await claim.EnterAsync(
            RecoveryState.Recovering, Summary(work, hosts), cancellationToken,
            (context, row) => StoreAsync(claim, context, row, views, work, definitions));
    }

    // The first time everything that was asked for; after a retry only what was retried.
    private static bool IsMeant(RecoveryRow recovery, Work work)
    {
        var id = work.Verdict.Domain.Id;
        return work.Verdict.Action is ReturnAction.Forget or ReturnAction.Resume
            && recovery.Instances.Count == 0
            && (recovery.Request.Instances.Count == 0 || recovery.Request.Instances.Contains(id))
            && !recovery.Request.ExcludedInstances.Contains(id);
    }

    private static Task StoreAsync(
        Claim claim,
        RecoveryDbContext context,
        RecoveryRow recovery,
        List<ReturnView> views,
        List<Work> work,
        IReadOnlyDictionary<Guid, KeptDefinition> definitions)
    {
        foreach (var row in recovery.Instances.Where(PlanStage.IsRetried))
        {
            TryAgain(claim, context, row, views);
        }

        // Copies that must never run go first; then the higher tiers.
        var position = recovery.Instances.Count;
        foreach (var each in work.OrderBy(each => each.Verdict.Action == ReturnAction.Resume)
            .ThenByDescending(each => each.Instance.Policy.Priority)
            .ThenBy(each => each.Instance.Name, StringComparer.Ordinal))
        {
            var row = RowOf(recovery, each, definitions, position++);
            recovery.Instances.Add(row);
            context.RecoveryInstances.Add(row);
            context.Events.Add(claim.NewEvent(
                EventTypes.Plan,
                row.Task == InstanceTask.Forget
                    ? $"{row.Name} belongs to {each.Instance.Host}; the copy that is left on {row.Source} is undefined, its disks stay."
                    : $"{row.Name} ran on {row.Source} before it fell, and is started there again.",
                row.InstanceId, row.Target, state: StateNames.Of(row.State)));
        }

        foreach (var verdict in views.SelectMany(view => view.Plan.Verdicts).Where(verdict =>
            verdict.Why.Length > 0 && verdict.Action is ReturnAction.Conflict or ReturnAction.Wait or ReturnAction.LeaveOff))
        {
            context.Events.Add(claim.NewEvent(
                verdict.Action == ReturnAction.LeaveOff ? EventTypes.Plan : EventTypes.Alarm, verdict.Why, verdict.Domain.Id));
        }

        recovery.Plan ??= new Plan(Moves(recovery, work), []);
        recovery.PlannedAt = claim.Time.GetUtcNow();
        return PlanStage.LockAsync(context, recovery);
    }

    private static void TryAgain(Claim claim, RecoveryDbContext context, RecoveryInstanceRow row, List<ReturnView> views)
    {
        var verdict = views.SelectMany(view => view.Plan.Verdicts).FirstOrDefault(each => each.Domain.Id == row.InstanceId);
        if (verdict?.Action is ReturnAction.Conflict or ReturnAction.Wait)
        {
            row.State = InstanceState.Failed;
            row.Reason = verdict.Why;
            context.Events.Add(claim.NewEvent(
                EventTypes.InstanceState, $"{row.Name}: {verdict.Why}", row.InstanceId, row.Source, state: StateNames.Of(row.State)));
            return;
        }

        // Whatever it is by now, the guard and the executor look again before anything is done.
        row.Target = row.Source;
    }

    private static RecoveryInstanceRow RowOf(
        RecoveryRow recovery, Work work, IReadOnlyDictionary<Guid, KeptDefinition> definitions, int position)
    {
        var kept = definitions.GetValueOrDefault(work.Instance.Id);
        var forgets = work.Verdict.Action == ReturnAction.Forget;
        return new RecoveryInstanceRow
        {
            RecoveryId = recovery.Id,
            InstanceId = work.Instance.Id,
            Name = work.Instance.Name,
            Source = work.View.Plan.Host,
            Target = work.View.Plan.Host,
            Position = position,
            Intent = forgets ? PowerIntent.StayOff : work.Instance.Intent,
            Task = forgets ? InstanceTask.Forget : InstanceTask.Resume,
            State = InstanceState.Waiting,
            Instance = work.Instance,
            Definition = kept?.Definition ?? "",
            SourceStorages = [.. kept?.SourceStorages ?? []],
            SourceCpuModel = kept?.SourceCpuModel ?? "",
        };
    }

    // From and to the same host: so what waits for what is known to whoever decides whose turn it is.
    private static List<Move> Moves(RecoveryRow recovery, List<Work> work)
    {
        var resumed = work.FindAll(each => each.Verdict.Action == ReturnAction.Resume);
        var ids = resumed.ConvertAll(each => each.Instance.Id);
        var cycle = Core.Planning.Dependencies.Cycle(resumed.ConvertAll(each => each.Instance)).Count > 0;
        return resumed.ConvertAll(each => new Move(
            each.Instance.Id, each.Instance.Name, each.View.Plan.Host, each.View.Plan.Host, each.Instance.Intent)
        {
            Priority = each.Instance.Policy.Priority,
            After = recovery.Request.IgnoreDependencies || cycle ? [] : [.. each.Instance.Policy.After.Where(ids.Contains).Distinct()],
            OnlyTarget = true,
        });
    }

    private static string Summary(List<Work> work, string hosts)
    {
        var forgotten = work.Count(each => each.Verdict.Action == ReturnAction.Forget);
        return $"{hosts}: {work.Count - forgotten} to start again, {forgotten} stale to forget.";
    }

    private static string NothingToDo(List<ReturnView> views)
    {
        var reasons = views.SelectMany(view => view.Plan.Verdicts).Select(verdict => verdict.Why).Where(why => why.Length > 0).ToList();
        return $"There is nothing to start and nothing to forget on {string.Join(", ", views.Select(view => view.Plan.Host))}."
            + (reasons.Count > 0 ? $" {string.Join(" ", reasons)}" : "");
    }

    private sealed record Work(ReturnView View, ReturnVerdict Verdict)
    {
        public Instance Instance { get; } = View.Cluster.Instances.First(each => each.Id == Verdict.Domain.Id);
    }
}
