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
            var facts = (await instances.ReadAsync([step.Instance], cancellationToken)).GetValueOrDefault(step.Instance);
            var target = await targets.ReadTargetAsync(step.Target, cancellationToken);
            return CloudTransactions.WhyNot(step.Name, step.Source, step.Target, facts, target) is { } refusal
                ? BuiltTransaction.Refused(refusal)
                : CloudTransactions.Of(
                    step.Action, step.Route, facts!, target!, new EvacuationMark(step.Recovery, step.Instance, step.Attempt), time.GetUtcNow());
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

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
