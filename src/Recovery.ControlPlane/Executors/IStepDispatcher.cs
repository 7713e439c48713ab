using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Executors;

/// <summary>Sends one step to one executor.</summary>
public interface IStepDispatcher
{
    /// <summary>
    /// Sends the step and waits for its result. Sending the same step id again gives the recorded result, or joins the
    /// step that still runs.
    /// </summary>
    /// <exception cref="ExecutorUnreachableException">
    /// The outcome is unknown: the step may have happened. Only sending it again tells.
    /// </exception>
    Task<StepReply> RunAsync(StepDispatch step, Func<string, Task> onProgress, CancellationToken cancellationToken);
}

/// <summary>A step and everything that an executor has to know for it.</summary>
public sealed record StepDispatch
{
    public required Guid StepId { get; init; }

    public required Guid RecoveryId { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The host that carries it out, and where its executor listens.</summary>
    public required string Host { get; init; }

    public required string ExecutorAddress { get; init; }

    public required StepAction Action { get; init; }

    /// <summary>How long it may take, from when it arrives.</summary>
    public required TimeSpan TimeLimit { get; init; }

    public required Instance Instance { get; init; }

    /// <summary>The kept definition, and where its source saw its storages.</summary>
    public required string Definition { get; init; }

    public required IReadOnlyList<StorageView> SourceStorages { get; init; }

    /// <summary>The CPU model of the source; empty when unknown.</summary>
    public string SourceCpuModel { get; init; } = "";
}

/// <summary>What an executor said of a step.</summary>
/// <param name="Outcome">Whether it succeeded, and whether trying again can help.</param>
/// <param name="Code">Its error code without prefix, <c>DISK_MISSING</c>; empty when it succeeded.</param>
/// <param name="Message">For a human.</param>
/// <param name="Details">What it rewrote in the definition, or why it refused to.</param>
public sealed record StepReply(StepOutcome Outcome, string Code, string Message, IReadOnlyList<string> Details);

/// <summary>An executor did not answer, or stopped answering: what it did is unknown.</summary>
public sealed class ExecutorUnreachableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
