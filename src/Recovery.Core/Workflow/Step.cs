namespace Recovery.Core.Workflow;

/// <summary>
/// The idempotent actions on one instance. Who carries each out is said by <see cref="StepPerformers.Of"/>.
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

    /// <summary>Nova is told that the instance is being evacuated: what makes a source that returns destroy its own copy.</summary>
    MarkEvacuation,

    /// <summary>Placement counts it on the target.</summary>
    MoveAllocations,

    /// <summary>Cinder lets the target at its volumes, and not the source any more.</summary>
    MoveAttachments,

    /// <summary>Neutron expects its ports on the target.</summary>
    BindPorts,

    /// <summary>The target's switch or bridge takes its ports.</summary>
    PlugPorts,

    /// <summary>Nova is asked to start it where it belongs by now.</summary>
    StartByNova,

    /// <summary>Put back: the target's switch lets go of its ports.</summary>
    UnplugPorts,

    /// <summary>Put back: its ports are expected on the source.</summary>
    ReturnPorts,

    /// <summary>Put back: its volumes are the source's.</summary>
    ReturnAttachments,

    /// <summary>Put back: Placement counts it on the source.</summary>
    ReturnAllocations,

    /// <summary>Put back: nothing is being done to it any more, and no returning host is told to destroy anything.</summary>
    UnmarkEvacuation,
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
