using System.Text.Json;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>Steps in the cloud's databases: each is one transaction of the recipe, built of rows read fresh and taken back by what was kept.</summary>
internal sealed class RowSteps(StepFacts facts, ForeignWriter writer, TimeProvider time)
{
    // Placement's generations are raised by every recovery that goes to the same host.
    private const int MaximumTries = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="seen">With no refusal.</param>
    /// <param name="before">Sentences to go before those of the rows.</param>
    public PreparedStep Prepare(InventoryStep step, SeenForStep seen, params string[] before) => Build(step, seen) switch
    {
        { Refusal.Length: > 0 } refused => CloudSteps.Refused(refused.Refusal),
        { Transaction: { } transaction } => Prepared(transaction, before),
        _ => PreparedStep.NothingForeign,
    };

    /// <param name="done">As the step was prepared that is put back.</param>
    public PreparedStep PrepareReturn(StepAction undone, ForeignTransaction done) => Prepared(undone == StepAction.MarkEvacuation
        ? EvacuationUndo.Of(done, time.GetUtcNow())
        : Reversal.Of(done, time.GetUtcNow()));

    /// <exception cref="InventoryUnreachableException">The database does not answer.</exception>
    public async Task<InventoryAnswer> CarryOutAsync(InventoryStep step, ForeignTransaction transaction, CancellationToken cancellationToken)
    {
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

    private static PreparedStep Prepared(ForeignTransaction transaction, params string[] before) =>
        new KeptWrites { Rows = transaction }.Prepared([.. before, .. ForeignWords.Of(transaction)]);

    private BuiltTransaction Build(InventoryStep step, SeenForStep seen) => CloudTransactions.Of(
        step.Action, step.Route, seen.Instance!, seen.Target!, new EvacuationMark(step.Recovery, step.Instance, step.Attempt), time.GetUtcNow());

    // The rows are the same and stay compared; only how often others were there meanwhile is not.
    private async Task<ForeignTransaction?> WithNewGenerationsAsync(
        InventoryStep step, ForeignTransaction kept, CancellationToken cancellationToken)
    {
        if (step.Action != StepAction.MoveAllocations || await facts.SeeAsync(step, cancellationToken) is not { Refusal: null } seen)
        {
            return null;
        }

        var now = Build(step, seen).Transaction;
        return now is not null && Rows(now) == Rows(kept) && Generations(now) != Generations(kept) ? now : null;
    }

    private static string Rows(ForeignTransaction transaction) => Text(transaction.Changes.Where(change => change.Counters.Count == 0));

    private static string Generations(ForeignTransaction transaction) => Text(transaction.Changes.Where(change => change.Counters.Count > 0));

    private static string Text(IEnumerable<RowChange> changes) =>
        JsonSerializer.Serialize(changes.Select(change => change with { Along = new Dictionary<string, object?>() }));
}
