using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory;

/// <summary>The steps of an instance that are the inventory's own: what has to be written where others keep the cluster.</summary>
/// <remarks>
/// In two calls, because of invariant 2: what will be written is persisted between them, with what was there before. A
/// repeated step comes with what was persisted, and does that or finds it done.
/// </remarks>
public interface IInventorySteps
{
    /// <summary>Reads, and writes nothing.</summary>
    /// <exception cref="InventoryUnreachableException">It can't be read now.</exception>
    Task<PreparedStep> PrepareAsync(InventoryStep step, CancellationToken cancellationToken);

    /// <summary>Doing it twice is one.</summary>
    /// <exception cref="InventoryUnreachableException">It may have been done: only doing it again tells.</exception>
    Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken);
}

/// <summary>A step, and all that an inventory has to know for it.</summary>
public sealed record InventoryStep
{
    public required Guid Recovery { get; init; }

    public required Guid Instance { get; init; }

    public required string Name { get; init; }

    public required string Source { get; init; }

    public required string Target { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }

    public required StepAction Action { get; init; }

    public required PowerIntent Intent { get; init; }

    public RecoveryRoute Route { get; init; }

    /// <summary>How long it may take, where somebody else does it.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>What this step writes, as <see cref="PreparedStep.Writes"/> said; empty while nobody said.</summary>
    public string Writes { get; init; } = "";

    /// <summary>What earlier steps of this attempt wrote, or may have written: what is put back is one of these.</summary>
    public IReadOnlyDictionary<StepAction, string> EarlierWrites { get; init; } = new Dictionary<StepAction, string>();
}

/// <param name="Writes">In the inventory's own form, kept with the step; empty when it writes nothing but what is ours.</param>
/// <param name="Words">The same for humans, a sentence each, without secrets.</param>
/// <param name="Refusal">It can't be done: nothing was, and nothing will be. Null when it can.</param>
public sealed record PreparedStep(string Writes, IReadOnlyList<string> Words, InventoryAnswer? Refusal = null)
{
    public static readonly PreparedStep NothingForeign = new("", []);
}

/// <param name="Outcome">Whether it is done, and whether another try can help.</param>
/// <param name="Code">Empty when it is done.</param>
/// <param name="Message">For a human.</param>
public sealed record InventoryAnswer(StepOutcome Outcome, string Code, string Message);

/// <summary>Where the cluster is kept does not answer.</summary>
public sealed class InventoryUnreachableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
