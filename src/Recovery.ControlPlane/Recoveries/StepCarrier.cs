using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Readiness;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Step 6: carries out one step of one instance. The intent is persisted before the step is sent, the outcome when it is
/// known. A step that nobody answered for keeps its intent without an outcome: that is how it is found again.
/// </summary>
public sealed partial class StepCarrier(
    InventoryStepSender inventory,
    StepSender executors,
    IReadinessProbe probe,
    FenceProofs proofs,
    ReturnGuard guard,
    ILogger<StepCarrier> logger)
{
    public async Task TakeAsync(
        Claim claim,
        RecoveryInstanceRow row,
        WorkflowAction.TakeStep step,
        DriveMemory memory,
        CancellationToken cancellationToken)
    {
        if (await IntendAsync(claim, row, step, cancellationToken) is { } intent)
        {
            await CarryOutAsync(claim, row, intent, memory, cancellationToken);
        }
    }

    public async Task SendAgainAsync(
        Claim claim, RecoveryInstanceRow row, JournalEntry step, DriveMemory memory, CancellationToken cancellationToken)
    {
        var intent = await claim.QueryAsync(
            (context, token) => context.Journal.AsNoTracking().SingleAsync(entry => entry.StepId == step.StepId, token),
            cancellationToken);
        await CarryOutAsync(claim, row, intent, memory, cancellationToken);
    }

    /// <summary>The outcome is known without asking anybody.</summary>
    public async Task SettleAsync(
        Claim claim, RecoveryInstanceRow row, WorkflowAction.Settle settled, CancellationToken cancellationToken)
    {
        if (settled.Code == WorkflowAction.Settle.NotProvenOff)
        {
            LogNoProof(row.Name, row.Source);
        }

        var reply = new StepReply(settled.Outcome, settled.Code, settled.Message, []);
        await claim.WriteAsync(
            async (context, token) =>
            {
                var entry = settled.StepId is { } id
                    ? await context.Journal.SingleAsync(each => each.StepId == id, token)
                    : context.Journal.Add(NewIntent(claim, row, settled.Step)).Entity;
                await RecordAsync(claim, context, row, entry, reply, token);
            },
            cancellationToken);
    }

    public Task EndAsync(
        Claim claim, RecoveryInstanceRow row, WorkflowAction.EndInstance end, CancellationToken cancellationToken) =>
        claim.WriteAsync(
            async (context, token) =>
            {
                var stored = await StoredAsync(context, row, token);
                stored.State = end.State;
                stored.Reason = end.Reason;
                stored.FinishedAt = claim.Time.GetUtcNow();
                context.Events.Add(claim.NewEvent(
                    EventTypes.InstanceState, StepWords.OfEnd(stored, end), row.InstanceId, row.Target, state: StateNames.Of(end.State)));
                if (end is { State: InstanceState.Recovered, Reason.Length: > 0 })
                {
                    context.Events.Add(claim.NewEvent(
                        EventTypes.Alarm,
                        $"{row.Name} runs on {row.Target} and is not ready: {end.Reason} What waits for it begins all the same.",
                        row.InstanceId, row.Target));
                }
            },
            cancellationToken);

    /// <summary>Invariant 2: journal before effect. Null: an operator said to leave it alone in the meantime.</summary>
    private static async Task<JournalRow?> IntendAsync(
        Claim claim, RecoveryInstanceRow row, WorkflowAction.TakeStep step, CancellationToken cancellationToken)
    {
        var intent = NewIntent(claim, row, step.Step);
        var begun = true;
        await claim.WriteAsync(
            async (context, token) =>
            {
                var stored = await StoredAsync(context, row, token);
                begun = stored is not { State: InstanceState.Waiting, SkipRequested: true };
                if (!begun)
                {
                    return;
                }

                context.Journal.Add(intent);
                stored.StartedAt ??= intent.IntendedAt;
                stored.State = step.State;
                context.Events.AddRange(step.Missed.Select(missed => claim.NewEvent(
                    EventTypes.Alarm,
                    $"{row.Name} waits for {missed.Name}, which is {StateNames.Of(missed.State)}; it is brought up all the same.",
                    row.InstanceId, row.Target, state: StateNames.Of(step.State))));
                context.Events.Add(claim.NewEvent(
                    EventTypes.Step, $"{row.Name}: {StepWords.Of(step.Step, row.Target)}.", row.InstanceId, row.Target,
                    step.Step, StateNames.Of(step.State)));
            },
            cancellationToken);
        return begun ? intent : null;
    }

    private async Task CarryOutAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, DriveMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            if (await OutcomeAsync(claim, row, intent, cancellationToken) is { } reply)
            {
                await claim.WriteAsync(
                    async (context, token) => await RecordAsync(
                        claim, context, row, await context.Journal.SingleAsync(each => each.StepId == intent.StepId, token), reply, token),
                    cancellationToken);
            }
        }
        catch (ExecutorUnreachableException unreachable)
        {
            await StaySilentAsync(claim, row, intent, memory, intent.Host, unreachable.Message, cancellationToken);
        }
        catch (InventoryUnreachableException unreachable)
        {
            await StaySilentAsync(claim, row, intent, memory, "the inventory", unreachable.Message, cancellationToken);
        }
    }

    private static async Task StaySilentAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, DriveMemory memory, string whom, string why, CancellationToken cancellationToken)
    {
        if (memory.StayedSilent(intent.StepId, claim.Time.GetUtcNow(), why))
        {
            await claim.TellAsync(
                claim.NewEvent(
                    EventTypes.Progress,
                    $"{row.Name}: what became of this step is unknown, it is sent again until {whom} says: {why}",
                    row.InstanceId, intent.Host, intent.Action),
                cancellationToken);
        }
    }

    /// <summary>Null: it was not sent, the step machine has to look again.</summary>
    private async Task<StepReply?> OutcomeAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        switch (intent.Action)
        {
            // Invariant 1, once more: between the decision and this moment the source may have been heard.
            case StepAction.Start or StepAction.StartByNova when row.Task == InstanceTask.Move
                && await proofs.ValidAsync(row.Source, cancellationToken) is null:
                return null;

            // The same where a host is back: it still belongs there, and is active nowhere else.
            case StepAction.Start when row.Task == InstanceTask.Resume:
            case StepAction.UndefineStale:
                return await guard.WhyNotAsync(claim, row, cancellationToken)
                    ?? await SendAsync(claim, row, intent, cancellationToken);
            default:
                return await SendAsync(claim, row, intent, cancellationToken);
        }
    }

    private Task<StepReply> SendAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken) => StepPerformers.Of(intent.Action) switch
        {
            StepPerformer.Inventory => inventory.SendAsync(claim, row, intent, cancellationToken),
            StepPerformer.ControlPlane => probe.AwaitAsync(row.Name, row.Instance.Policy.Ready!, cancellationToken),
            _ => executors.SendAsync(claim, row, intent, cancellationToken),
        };

    private static async Task RecordAsync(
        Claim claim,
        RecoveryDbContext context,
        RecoveryInstanceRow row,
        JournalRow entry,
        StepReply reply,
        CancellationToken cancellationToken)
    {
        var now = claim.Time.GetUtcNow();
        entry.Outcome = reply.Outcome;
        entry.EndedAt = now;
        entry.Code = reply.Code;
        entry.Message = reply.Message;
        entry.Details = [.. reply.Details];
        var stored = await StoredAsync(context, row, cancellationToken);
        if (reply.Outcome == StepOutcome.Succeeded && StepWords.MakesReady(entry.Action, row))
        {
            stored.ReadyAt = now;
        }

        context.Events.Add(claim.NewEvent(
            EventTypes.Step,
            reply.Outcome == StepOutcome.Succeeded
                ? $"{row.Name}: {StepWords.Of(entry.Action, entry.Host)}: done. {reply.Message}".TrimEnd()
                : $"{row.Name}: {StepWords.Of(entry.Action, entry.Host)} failed: {reply.Message}",
            row.InstanceId, entry.Host, entry.Action, StateNames.Of(stored.State)));
    }

    private static JournalRow NewIntent(Claim claim, RecoveryInstanceRow row, StepAction action)
    {
        var now = claim.Time.GetUtcNow();
        return new JournalRow
        {
            StepId = Guid.CreateVersion7(now),
            RecoveryId = claim.RecoveryId,
            InstanceId = row.InstanceId,
            Attempt = row.Attempt,
            Action = action,
            Host = row.Target!,
            Epoch = claim.Epoch,
            IntendedAt = now,
        };
    }

    private static Task<RecoveryInstanceRow> StoredAsync(
        RecoveryDbContext context, RecoveryInstanceRow row, CancellationToken cancellationToken) =>
        context.RecoveryInstances.SingleAsync(
            each => each.RecoveryId == row.RecoveryId && each.InstanceId == row.InstanceId, cancellationToken);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Instance} is not started: there is no proof any more that {Source} is off.")]
    private partial void LogNoProof(string instance, string source);
}
