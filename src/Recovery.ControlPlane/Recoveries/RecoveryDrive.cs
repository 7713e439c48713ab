using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// One recovery from its claim to its end: looks, asks the step machine, carries out what it says, and looks again.
/// Nothing is decided here, and nothing that matters is remembered: everything is persisted before it counts, so that
/// another replica goes on from wherever this one was.
/// </summary>
/// <remarks>
/// The steps of a recovery, as the architecture page numbers them: 1 accept (Acceptance), 2 claim (RecoveryRunner),
/// 3 plan, 4 fence, 5 re-check, 6 per instance, 7 close.
/// </remarks>
public sealed class RecoveryDrive(
    Observer observer,
    PlanStage plan,
    ResumeStage resume,
    FenceAction fence,
    RecheckStage recheck,
    StepCarrier steps,
    ReturnLedger returns,
    CloseStage close,
    InventoryAbsence absence,
    InventoryChanges changes,
    RunnerSignal signal)
{
    // What other replicas and the outside world change is seen by looking.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public async Task RunAsync(Claim claim, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new RunningActions();
        try
        {
            await DriveAsync(claim, running, ending.Token);
        }
        finally
        {
            // When one breaks off unexpectedly, none may go on behind the back of whoever claims this next.
            ending.Cancel();
            await Task.WhenAll(running.All)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            changes.Notify();
        }
    }

    private async Task DriveAsync(Claim claim, RunningActions running, CancellationToken cancellationToken)
    {
        var memory = new DriveMemory();
        var recovery = await ProgressReader.ReadAsync(claim, cancellationToken);
        while (!recovery.Progress.State.IsFinal())
        {
            var told = signal.Next;
            var seen = await observer.LookAsync(recovery, memory, running, cancellationToken);
            var decision = StepMachine.Next(recovery.Progress, seen, claim.Time.GetUtcNow());
            var ofAll = false;
            foreach (var action in decision.Actions)
            {
                if (InventoryAbsence.IsTooEarly(action, recovery.Progress, memory, claim.Time.GetUtcNow()))
                {
                    continue;
                }

                try
                {
                    ofAll |= await BeginAsync(claim, recovery, action, memory, running, cancellationToken);
                }
                catch (InventoryUnreachableException unreachable)
                {
                    await absence.EndureAsync(claim, action, unreachable, memory, cancellationToken);
                    ofAll = true;
                }
            }

            if (ofAll)
            {
                // What it promised, gave back or quarantined.
                changes.Notify();
                recovery = await ProgressReader.ReadAsync(claim, cancellationToken);
                continue;
            }

            await WaitAsync(claim, decision.LookAgainAt, told, running, cancellationToken);
            var journaled = await running.CollectAsync();
            recovery = await ProgressReader.RefreshAsync(claim, recovery, journaled, cancellationToken);
        }
    }

    /// <summary>True when it was about the recovery as a whole, and is done; else it is under way.</summary>
    private async Task<bool> BeginAsync(
        Claim claim,
        DrivenRecovery recovery,
        WorkflowAction action,
        DriveMemory memory,
        RunningActions running,
        CancellationToken cancellationToken)
    {
        switch (action)
        {
            // :: Step 3: Plan
            case WorkflowAction.MakePlan when recovery.Row.Request.Kind == RecoveryKind.Resume:
                await resume.RunAsync(claim, recovery.Row, cancellationToken);
                memory.InventoryAnswered();
                return true;
            case WorkflowAction.MakePlan:
                await plan.RunAsync(claim, recovery.Row, cancellationToken);
                memory.InventoryAnswered();
                return true;

            case WorkflowAction.AwaitSight blind:
                await claim.EnterAsync(RecoveryState.Planning, blind.Why, cancellationToken);
                return true;

            // :: Step 4: Fence
            case WorkflowAction.Fence fencing:
                running.Add(fencing.Host, fence.TryAsync(claim, fencing.Host, memory, cancellationToken));
                return false;
            case WorkflowAction.AskAfterOrder asking:
                running.Add(asking.Host, fence.AskAsync(claim, asking.Host, memory, cancellationToken));
                return false;
            case WorkflowAction.AwaitProof waiting:
                await fence.AwaitAsync(claim, waiting, cancellationToken);
                return true;

            // :: Step 5: Re-check
            case WorkflowAction.Recheck rechecking:
                await recheck.RunAsync(claim, recovery.Row, rechecking.Proofs, cancellationToken);
                memory.InventoryAnswered();
                return true;

            // :: Step 6: Per instance
            case WorkflowAction.TakeStep step:
                running.Add(step.Instance, steps.TakeAsync(claim, recovery.RowOf(step.Instance), step, memory, cancellationToken));
                return false;
            case WorkflowAction.SendAgain step:
                running.Add(step.Instance, steps.SendAgainAsync(claim, recovery.RowOf(step.Instance), step.Step, memory, cancellationToken));
                return false;
            case WorkflowAction.Settle settled:
                running.Add(settled.Instance, steps.SettleAsync(claim, recovery.RowOf(settled.Instance), settled, cancellationToken));
                return false;
            case WorkflowAction.EndInstance ended:
                running.Add(ended.Instance, steps.EndAsync(claim, recovery.RowOf(ended.Instance), ended, cancellationToken));
                return false;

            // :: Step 7: Close
            case WorkflowAction.Skip skipped:
                await close.SkipAsync(claim, skipped, cancellationToken);
                return true;
            case WorkflowAction.Close closing:
                if (recovery.Row.Request.Kind == RecoveryKind.Resume)
                {
                    await returns.SettleAsync(claim, await claim.ReadAsync(cancellationToken), cancellationToken);
                }

                await close.RunAsync(claim, cancellationToken, closing.Why);
                return true;
            default:
                throw new InvalidOperationException($"There is no way to carry out {action}.");
        }
    }

    private static async Task WaitAsync(
        Claim claim, DateTimeOffset? until, Task told, RunningActions running, CancellationToken cancellationToken)
    {
        var wait = until - claim.Time.GetUtcNow() is { } sooner && sooner < LookEvery ? sooner : LookEvery;
        if (wait > TimeSpan.Zero)
        {
            using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny([.. running.All, told, Sleep.ForAsync(wait, claim.Time, awake.Token)]);
            awake.Cancel();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
