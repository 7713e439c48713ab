namespace Recovery.Core.Workflow;

/// <summary>
/// The idempotent actions on one instance. All but <see cref="Commit"/> and <see cref="Probe"/> run on the target's
/// executor.
/// </summary>
public enum StepAction
{
    /// <summary>Log in to each volume and leave its CHAP secret with libvirt.</summary>
    ConnectVolumes,

    /// <summary>Every disk is there, whole, not smaller than it was, and held by nobody.</summary>
    CheckDisks,

    /// <summary>Rewrite the definition for the target and define it.</summary>
    Define,

    Start,

    /// <summary>Plug in the volumes that were plugged into the running guest only.</summary>
    Attach,

    /// <summary>The guest runs, and has its disks.</summary>
    Verify,

    /// <summary>The inventory says where the instance is now. It belongs to the target from here on.</summary>
    Commit,

    /// <summary>Put back: end the guest that this recovery started.</summary>
    Stop,

    /// <summary>Put back: take away the domain that this recovery defined. Its disks stay.</summary>
    Undefine,

    /// <summary>Put back: take away the secrets that this recovery left.</summary>
    Disconnect,

    /// <summary>The guest's own agent answers.</summary>
    AwaitAgent,

    /// <summary>The guest answers by TCP or HTTP. Asked by the control plane.</summary>
    Probe,

    /// <summary>A copy that stayed behind when its instance was recovered elsewhere is undefined. Its disks stay.</summary>
    UndefineStale,
}

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    Succeeded,

    /// <summary>It failed, and trying again may help.</summary>
    FailedTransiently,

    /// <summary>It failed, and trying again won't help.</summary>
    FailedForGood,
}

/// <summary>
/// A line of the journal: the intent, persisted before the effect, and later its outcome. An entry without an outcome
/// is a step that may have happened, or happened halfway: it is sent again under the same step id.
/// </summary>
public sealed record JournalEntry
{
    public required Guid StepId { get; init; }

    public required StepAction Action { get; init; }

    /// <summary>Null until the outcome is known.</summary>
    public StepOutcome? Outcome { get; init; }

    /// <summary>What the executor said of it.</summary>
    public string Message { get; init; } = "";

    public DateTimeOffset IntendedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
