using Recovery.ControlPlane.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Where the cluster is kept does not answer when a recovery is planned or checked again: it says so once, waits, and
/// tries again, later and later. Nothing was touched yet, or nothing that the journal does not know.
/// </summary>
public sealed class InventoryAbsence(CloseStage close)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>Whether this would only fail again: it needs the inventory, and it is too early to ask. Who cancels is not kept waiting.</summary>
    public static bool IsTooEarly(WorkflowAction action, RecoveryProgress recovery, DriveMemory memory, DateTimeOffset now) =>
        action is WorkflowAction.MakePlan or WorkflowAction.Recheck && recovery.Cancel is null && now < memory.InventoryAgainAt;

    /// <summary>Says it, where it was not said in these words, or ends what somebody asked to end.</summary>
    public async Task EndureAsync(
        Claim claim,
        WorkflowAction action,
        InventoryUnreachableException unreachable,
        DriveMemory memory,
        CancellationToken cancellationToken)
    {
        var recovery = await claim.ReadAsync(cancellationToken);
        if (action is WorkflowAction.MakePlan && recovery.Cancel is not null)
        {
            // What it would have been about nobody can say. Nothing of it was begun.
            var why = $"It was cancelled before it could be planned. {unreachable.Message}";
            await close.SkipAsync(
                claim, new WorkflowAction.Skip([.. recovery.Instances.Select(row => row.InstanceId)], why), cancellationToken);
            await close.RunAsync(claim, cancellationToken, why);
            return;
        }

        if (memory.InventoryStayedAway(unreachable.Message, claim.Time.GetUtcNow(), FirstPause, LongestPause))
        {
            await claim.EnterAsync(
                recovery.State, $"The inventory can't be read, and it is tried until it can: {unreachable.Message}", cancellationToken);
        }
    }
}
