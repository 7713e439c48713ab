using System.Text.Json;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// The steps of an instance in the cloud's databases, with its services down: each is one transaction of the recipe, built
/// of rows read fresh, kept before it is written, and taken back by what was kept.
/// </summary>
internal sealed class CloudSteps(InstanceFactsReader instances, TargetFactsReader targets, ForeignWriter writer, TimeProvider time)
    : IInventorySteps
{
    // Placement's generations are raised by every recovery that goes to the same host.
    private const int MaximumTries = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task<PreparedStep> PrepareAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        if (Undone(step) is { } undone)
        {
            return TakeBack(step, undone);
        }

        var built = await BuildAsync(step, cancellationToken);
        return built switch
        {
            { Refusal.Length: > 0 } => new PreparedStep("", [], new InventoryAnswer(StepOutcome.FailedForGood, "REFUSED", built.Refusal)),
            { Transaction: { } transaction } => Prepared(transaction),
            _ => PreparedStep.NothingForeign,
        };
    }

    public async Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        if (step.Writes.Length == 0)
        {
            return new InventoryAnswer(StepOutcome.Succeeded, "", "There was nothing to write.");
        }

        var transaction = JsonSerializer.Deserialize<ForeignTransaction>(step.Writes)!;
        for (var tried = 1; ; tried++)
        {
            var outcome = await writer.ApplyAsync(transaction, cancellationToken);
            if (!outcome.Done && tried < MaximumTries
                && await WithNewGenerationsAsync(step, transaction, cancellationToken) is { } again)
            {
                transaction = again;
                await Task.Delay(Pause * tried, time, cancellationToken);
                continue;
            }

            return outcome switch
            {
                { Done: true } => new InventoryAnswer(StepOutcome.Succeeded, "", $"{transaction.Name} is written."),
                { RetryCanHelp: true } => throw new InventoryUnreachableException(outcome.Message),
                _ => new InventoryAnswer(StepOutcome.FailedForGood, "ROWS_MOVED", outcome.Message),
            };
        }
    }

    private static StepAction? Undone(InventoryStep step) => step.Action switch
    {
        StepAction.ReturnPorts => StepAction.BindPorts,
        StepAction.ReturnAttachments => StepAction.MoveAttachments,
        StepAction.ReturnAllocations => StepAction.MoveAllocations,
        StepAction.UnmarkEvacuation => StepAction.MarkEvacuation,
        _ => null,
    };

    private PreparedStep TakeBack(InventoryStep step, StepAction undone)
    {
        if (!step.EarlierWrites.TryGetValue(undone, out var writes))
        {
            return PreparedStep.NothingForeign;
        }

        var done = JsonSerializer.Deserialize<ForeignTransaction>(writes)!;
        return Prepared(undone == StepAction.MarkEvacuation
            ? EvacuationUndo.Of(done, time.GetUtcNow())
            : Reversal.Of(done, time.GetUtcNow()));
    }

    private static PreparedStep Prepared(ForeignTransaction transaction) =>
        new(JsonSerializer.Serialize(transaction), ForeignWords.Of(transaction));

    private async Task<BuiltTransaction> BuildAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await instances.ReadAsync([step.Instance], cancellationToken);
            if (!facts.TryGetValue(step.Instance, out var instance))
            {
                return BuiltTransaction.Refused($"{step.Name} is in no cell any more: somebody deleted it.");
            }

            // Invariant 5: a plan is of the past.
            if (instance.Instance.Host != step.Source)
            {
                return BuiltTransaction.Refused(
                    $"Nova says that {step.Name} is on {instance.Instance.Host ?? "no host"} and not on {step.Source} any more, so somebody else moved it. Look where it runs before you retry it.");
            }

            return await targets.ReadTargetAsync(step.Target, cancellationToken) is { } target
                ? Build(step, instance, target)
                : BuiltTransaction.Refused(
                    $"{step.Target} is no nova-compute of an enabled cell, or has no resource provider in Placement: openstack compute service list and openstack resource provider list tell.");
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

    private BuiltTransaction Build(InventoryStep step, InstanceFacts instance, TargetFacts target)
    {
        var now = time.GetUtcNow();
        var mark = new EvacuationMark(step.Recovery, step.Instance, step.Attempt);
        return step.Action switch
        {
            StepAction.MarkEvacuation => BuiltTransaction.Of(EvacuationStart.Of(instance, target, mark, now)),
            StepAction.MoveAllocations => AllocationMove.Of(instance, target, now),
            StepAction.MoveAttachments => new BuiltTransaction(AttachmentRows.Of(instance, target, initiator: null, now), ""),
            StepAction.BindPorts => new BuiltTransaction(PortRows.Of(instance, target, now), ""),
            StepAction.Commit => EvacuationCommit.Of(instance, target, mark, PathOf(step.Route), now),
            _ => BuiltTransaction.Refused($"The cloud's databases know no step {step.Action}."),
        };
    }

    private static EvacuationPath PathOf(RecoveryRoute route) =>
        route == RecoveryRoute.Assisted ? EvacuationPath.Assisted : EvacuationPath.Direct;

    // The rows are the same and stay compared; only how often others were there meanwhile is not.
    private async Task<ForeignTransaction?> WithNewGenerationsAsync(
        InventoryStep step, ForeignTransaction kept, CancellationToken cancellationToken)
    {
        if (step.Action != StepAction.MoveAllocations)
        {
            return null;
        }

        var now = (await BuildAsync(step, cancellationToken)).Transaction;
        return now is not null && Rows(now) == Rows(kept) && Generations(now) != Generations(kept) ? now : null;
    }

    private static string Rows(ForeignTransaction transaction) => Text(transaction.Changes.Where(change => change.Counters.Count == 0));

    private static string Generations(ForeignTransaction transaction) => Text(transaction.Changes.Where(change => change.Counters.Count > 0));

    private static string Text(IEnumerable<RowChange> changes) =>
        JsonSerializer.Serialize(changes.Select(change => change with { Along = new Dictionary<string, object?>() }));
}
