using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// One recovery from its claim to its end. Each stage leaves the recovery in a persisted state from which the next one,
/// or another replica, goes on; so this reads as a list of states and not as a script.
/// </summary>
/// <remarks>
/// The steps of a recovery, as the architecture page numbers them: 1 accept (Acceptance), 2 claim (RecoveryRunner),
/// 3 plan, 4 fence, 5 re-check, 6 per instance, 7 close.
/// </remarks>
public sealed class RecoveryDrive(
    PlanStage plan, ResumeStage resume, FenceStage fence, RecheckStage recheck, InstancesStage instances,
    ReturnLedger returns, CloseStage close, InventoryChanges changes)
{
    public async Task RunAsync(Claim claim, CancellationToken cancellationToken)
    {
        while (true)
        {
            var recovery = await claim.ReadAsync(cancellationToken);
            switch (recovery.State)
            {
                // :: Step 3: Plan, where a host is back. Nothing has to be fenced, since nothing moves.
                case RecoveryState.Accepted or RecoveryState.Planning when recovery.Request.Kind == RecoveryKind.Resume:
                    await resume.RunAsync(claim, recovery, cancellationToken);
                    break;

                // :: Step 3: Plan
                case RecoveryState.Accepted or RecoveryState.Planning:
                    await plan.RunAsync(claim, recovery, cancellationToken);
                    break;

                // :: Step 4: Fence, and :: Step 5: Re-check
                case RecoveryState.Fencing or RecoveryState.AwaitingProof:
                    if (await fence.RunAsync(claim, recovery, cancellationToken))
                    {
                        await recheck.RunAsync(claim, recovery, cancellationToken);
                    }

                    break;

                // :: Step 6: Per instance, and :: Step 7: Close
                case RecoveryState.Recovering:
                    await instances.RunAsync(claim, recovery, cancellationToken);
                    if (recovery.Request.Kind == RecoveryKind.Resume)
                    {
                        await returns.SettleAsync(claim, await claim.ReadAsync(cancellationToken), cancellationToken);
                    }

                    await close.RunAsync(claim, cancellationToken);
                    break;

                default:
                    return;
            }

            // What it promised, gave back or quarantined.
            changes.Notify();
        }
    }
}
