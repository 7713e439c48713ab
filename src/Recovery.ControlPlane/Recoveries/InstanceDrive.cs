using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// One instance, step by step, as its journal says. The intent of a step is persisted before the step is sent; a step
/// whose outcome is unknown is sent again under the same id until somebody knows.
/// </summary>
public sealed partial class InstanceDrive(
    IInventory inventory,
    StepSender sender,
    FenceProofs proofs,
    FenceStage fence,
    ReturnGuard guard,
    ILogger<InstanceDrive> logger)
{
    public async Task RunAsync(Claim claim, RecoveryInstanceRow row, CancellationToken cancellationToken)
    {
        var needs = new InstanceNeeds(
            row.Intent, row.Instance.Volumes.Any(), row.Instance.Disks.Any(disk => disk.LiveXml is not null), row.Task);
        while (true)
        {
            var journal = await JournalAsync(claim, row, cancellationToken);
            switch (InstanceSteps.Next(needs, [.. journal.Select(entry => entry.ToEntry())]))
            {
                case NextStep.End end:
                    await EndAsync(claim, row, end, cancellationToken);
                    return;

                case NextStep.Begin begin:
                    await Task.Delay(begin.Delay, claim.Time, cancellationToken);
                    var intent = await IntendAsync(claim, row, begin, cancellationToken);
                    await CarryOutAsync(claim, row, intent, cancellationToken);
                    break;

                case NextStep.Resend resend:
                    await CarryOutAsync(
                        claim, row, journal.Single(entry => entry.StepId == resend.Step.StepId), cancellationToken);
                    break;
            }
        }
    }

    // Invariant 1: no start without a proof that holds at this moment. The proof of half a minute ago is void when the
    // source was heard since: then a new one is sought, and if the source lives, this start has failed. Failing puts
    // back, which also ends a copy that a lost start may have left on the target.
    private async Task<StepReply?> WhyNotStartAsync(Claim claim, RecoveryInstanceRow row, CancellationToken cancellationToken)
    {
        if (await proofs.ValidAsync(row.Source, cancellationToken) is not null)
        {
            return null;
        }

        LogNoProof(row.Name, row.Source);
        await claim.TellAsync(
            claim.NewEvent(
                EventTypes.Alarm, $"{row.Name} is not started: there is no proof any more that {row.Source} is off.",
                row.InstanceId, row.Source),
            cancellationToken);
        return await fence.ObtainAsync(claim, row.Source, RecoveryState.Recovering, cancellationToken) switch
        {
            FenceEnd.Proven => null,
            FenceEnd.AliveAgain => NotStarted($"{row.Source} is alive again, so its guests may be running there."),
            _ => NotStarted($"the recovery was cancelled while there was no proof that {row.Source} is off."),
        };

        static StepReply NotStarted(string why) =>
            new(StepOutcome.FailedForGood, "SOURCE_NOT_PROVEN_OFF", $"It was not started: {why}", []);
    }

    // Invariant 2: journal before effect.
    private static async Task<JournalRow> IntendAsync(
        Claim claim, RecoveryInstanceRow row, NextStep.Begin begin, CancellationToken cancellationToken)
    {
        var now = claim.Time.GetUtcNow();
        var intent = new JournalRow
        {
            StepId = Guid.CreateVersion7(now),
            RecoveryId = claim.RecoveryId,
            InstanceId = row.InstanceId,
            Attempt = row.Attempt,
            Action = begin.Action,
            Host = row.Target!,
            Epoch = claim.Epoch,
            IntendedAt = now,
        };
        var state = begin.PuttingBack ? InstanceState.PuttingBack : InstanceState.Recovering;
        await claim.WriteAsync(
            async (context, token) =>
            {
                context.Journal.Add(intent);
                var stored = await StoredAsync(context, row, token);
                stored.StartedAt ??= now;
                stored.State = state;
                context.Events.Add(claim.NewEvent(
                    EventTypes.Step, $"{row.Name}: {Words(begin.Action)} on {row.Target}.", row.InstanceId, row.Target,
                    begin.Action, StateNames.Of(state)));
            },
            cancellationToken);
        return intent;
    }

    private async Task CarryOutAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        var reply = intent.Action switch
        {
            StepAction.Commit => await CommitAsync(row, cancellationToken),
            StepAction.Start when row.Task == InstanceTask.Resume => await guard.WhyNotAsync(claim, row, cancellationToken)
                ?? await sender.SendAsync(claim, row, intent, cancellationToken),
            StepAction.UndefineStale => await guard.WhyNotAsync(claim, row, cancellationToken)
                ?? await sender.SendAsync(claim, row, intent, cancellationToken),
            StepAction.Start => await WhyNotStartAsync(claim, row, cancellationToken)
                ?? await sender.SendAsync(claim, row, intent, cancellationToken),
            _ => await sender.SendAsync(claim, row, intent, cancellationToken),
        };
        var now = claim.Time.GetUtcNow();
        await claim.WriteAsync(
            async (context, token) =>
            {
                var entry = await context.Journal.SingleAsync(each => each.StepId == intent.StepId, token);
                entry.Outcome = reply.Outcome;
                entry.EndedAt = now;
                entry.Code = reply.Code;
                entry.Message = reply.Message;
                entry.Details = [.. reply.Details];
                var stored = await StoredAsync(context, row, token);
                if (reply.Outcome == StepOutcome.Succeeded && intent.Action is StepAction.Verify or StepAction.Define)
                {
                    stored.ReadyAt = intent.Action == StepAction.Verify || row.Intent == PowerIntent.StayOff ? now : null;
                }

                context.Events.Add(claim.NewEvent(
                    EventTypes.Step,
                    reply.Outcome == StepOutcome.Succeeded
                        ? $"{row.Name}: {Words(intent.Action)} on {intent.Host}: done. {reply.Message}".TrimEnd()
                        : $"{row.Name}: {Words(intent.Action)} on {intent.Host} failed: {reply.Message}",
                    row.InstanceId, intent.Host, intent.Action, StateNames.Of(stored.State)));
            },
            cancellationToken);
    }

    private async Task<StepReply> CommitAsync(RecoveryInstanceRow row, CancellationToken cancellationToken) =>
        await inventory.CommitAsync(row.InstanceId, row.Source, row.Target!, row.Intent, cancellationToken)
            ? new StepReply(StepOutcome.Succeeded, "", $"It belongs to {row.Target} now.", [])
            : new StepReply(
                StepOutcome.FailedForGood,
                "COMMIT_MISSED",
                $"The inventory says that {row.Name} does not belong to {row.Source} any more, so somebody else moved it. "
                + "Look where it runs before you retry it.",
                []);

    private static async Task EndAsync(
        Claim claim, RecoveryInstanceRow row, NextStep.End end, CancellationToken cancellationToken) =>
        await claim.WriteAsync(
            async (context, token) =>
            {
                var stored = await StoredAsync(context, row, token);
                stored.State = end.State;
                stored.Reason = end.Reason;
                stored.FinishedAt = claim.Time.GetUtcNow();
                var message = (end.State, row.Intent) switch
                {
                    (InstanceState.Recovered, _) when row.Task == InstanceTask.Forget =>
                        $"The stale copy of {row.Name} on {row.Target} is undefined; its disks are untouched.",
                    (_, _) when end.State != InstanceState.Recovered && row.Task == InstanceTask.Forget =>
                        $"The stale copy of {row.Name} on {row.Target} could not be undefined: {end.Reason}",
                    (_, _) when end.State != InstanceState.Recovered && row.Task == InstanceTask.Resume =>
                        $"{row.Name} could not be brought up again on {row.Target}: {end.Reason}",
                    (InstanceState.Recovered, PowerIntent.StayOff) => $"{row.Name} is defined on {row.Target} and off, as it was.",
                    (InstanceState.Recovered, PowerIntent.Pause) => $"{row.Name} is on {row.Target} and paused, as it was.",
                    (InstanceState.Recovered, _) => $"{row.Name} runs on {row.Target}.",
                    _ => $"{row.Name} could not be recovered on {row.Target}: {end.Reason}",
                };
                context.Events.Add(claim.NewEvent(
                    EventTypes.InstanceState, message, row.InstanceId, row.Target, state: StateNames.Of(end.State)));
            },
            cancellationToken);

    private static async Task<RecoveryInstanceRow> StoredAsync(
        Persistence.RecoveryDbContext context, RecoveryInstanceRow row, CancellationToken cancellationToken) =>
        await context.RecoveryInstances.SingleAsync(
            each => each.RecoveryId == row.RecoveryId && each.InstanceId == row.InstanceId, cancellationToken);

    private static Task<List<JournalRow>> JournalAsync(
        Claim claim, RecoveryInstanceRow row, CancellationToken cancellationToken) =>
        claim.QueryAsync(
            (context, token) => context.Journal.AsNoTracking()
                .Where(entry => entry.RecoveryId == row.RecoveryId
                    && entry.InstanceId == row.InstanceId
                    && entry.Attempt == row.Attempt)
                .OrderBy(entry => entry.Sequence)
                .ToListAsync(token),
            cancellationToken);

    private static string Words(StepAction action) => action switch
    {
        StepAction.ConnectVolumes => "connect volumes",
        StepAction.CheckDisks => "check disks",
        StepAction.UndefineStale => "undefine the stale copy",
        _ => action.ToString().ToLowerInvariant(),
    };

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Instance} is not started: there is no proof any more that {Source} is off.")]
    private partial void LogNoProof(string instance, string source);
}
