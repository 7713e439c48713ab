namespace Recovery.Core.Workflow;

/// <summary>
/// What the runner has to carry out: closed, it switches over it. Each ends in something persisted. Those of instances
/// and hosts may be under way at the same time; those of the whole recovery come one after the other.
/// </summary>
public abstract record WorkflowAction
{
    private WorkflowAction()
    {
    }

    /// <summary>Take a snapshot and give every instance a target, or reasons.</summary>
    public sealed record MakePlan : WorkflowAction;

    /// <summary>Say that hardly anybody is seen, and wait.</summary>
    public sealed record AwaitSight(string Why) : WorkflowAction;

    /// <summary>Try once to make sure that the host can't run its guests.</summary>
    public sealed record Fence(string Host) : WorkflowAction;

    /// <summary>Ask the host's executor what became of the order to end its guests.</summary>
    public sealed record AskAfterOrder(string Host) : WorkflowAction;

    /// <summary>Say what is waited for.</summary>
    /// <param name="State">The state in which it waits.</param>
    /// <param name="Host">The host that is not proven off.</param>
    /// <param name="Why">For humans, with what they can do.</param>
    public sealed record AwaitProof(RecoveryState State, string Host, string Why) : WorkflowAction;

    /// <summary>Hold the plan against a fresh snapshot, and begin.</summary>
    public sealed record Recheck(IReadOnlyList<FenceProof> Proofs) : WorkflowAction;

    /// <summary>Persist the intent, then carry out a step.</summary>
    /// <param name="Instance">Whose step it is.</param>
    /// <param name="Step">What to do.</param>
    /// <param name="State">The state that the instance is in from now on.</param>
    /// <param name="Missed">What it waited for and what did not come up.</param>
    public sealed record TakeStep(Guid Instance, StepAction Step, InstanceState State, IReadOnlyList<MissedInstance> Missed)
        : WorkflowAction;

    /// <summary>Its outcome was lost: send it again under the same step id.</summary>
    public sealed record SendAgain(Guid Instance, JournalEntry Step) : WorkflowAction;

    /// <summary>Persist an outcome that is known without asking anybody.</summary>
    /// <param name="Instance">Whose step it is.</param>
    /// <param name="Step">What it was, or would have been.</param>
    /// <param name="StepId">The step that was intended; null: it never was, and is not any more.</param>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Code">As an executor would name it; empty when it succeeded.</param>
    /// <param name="Message">For humans.</param>
    public sealed record Settle(
        Guid Instance, StepAction Step, Guid? StepId, StepOutcome Outcome, string Code, string Message) : WorkflowAction
    {
        /// <summary>The code of a start that was not made, because its source is not proven off any more.</summary>
        public const string NotProvenOff = "SOURCE_NOT_PROVEN_OFF";
    }

    /// <summary>Nothing is left to do for an instance.</summary>
    public sealed record EndInstance(Guid Instance, InstanceState State, string Reason) : WorkflowAction;

    /// <summary>These were not begun, and won't be.</summary>
    public sealed record Skip(IReadOnlyList<Guid> Instances, string Why) : WorkflowAction;

    /// <summary>The recovery ends.</summary>
    /// <param name="Why">Null: the ends of its instances say it.</param>
    public sealed record Close(string? Why = null) : WorkflowAction;
}

/// <summary>An instance that another waited for, and how it ended instead of being recovered.</summary>
public sealed record MissedInstance(string Name, InstanceState State);

/// <summary>What to do now, and when to look again if nothing happens before.</summary>
/// <param name="Actions">In order.</param>
/// <param name="LookAgainAt">Null: only something that happens can change the decision.</param>
public sealed record Decision(IReadOnlyList<WorkflowAction> Actions, DateTimeOffset? LookAgainAt = null);
