namespace Recovery.Core.Workflow;

/// <summary>Where a recovery is. The order is the order of its life.</summary>
public enum RecoveryState
{
    /// <summary>Persisted, and no replica has taken it yet.</summary>
    Accepted,

    /// <summary>A fresh snapshot is taken and every instance gets its target, or its reasons.</summary>
    Planning,

    /// <summary>The sources are being fenced. Nothing was touched yet.</summary>
    Fencing,

    /// <summary>There is no proof that a source is off; an operator has to give one. Nothing was touched yet.</summary>
    AwaitingProof,

    /// <summary>Instances are being brought up on their targets.</summary>
    Recovering,

    /// <summary>Every instance is recovered. The end.</summary>
    Completed,

    /// <summary>Some are recovered and some are not; each that is not says why. The end, until one is retried.</summary>
    CompletedWithFailures,

    /// <summary>None is recovered, and the reason is said. The end, until one is retried.</summary>
    Failed,

    /// <summary>An operator ended it before all was done. The end.</summary>
    Cancelled,
}

/// <summary>Where one instance of a recovery is.</summary>
public enum InstanceState
{
    /// <summary>It has a target and waits for its turn. Nothing was done to it.</summary>
    Waiting,

    /// <summary>Its steps are running on the target.</summary>
    Recovering,

    /// <summary>A step failed; what had been done on the target is being undone.</summary>
    PuttingBack,

    /// <summary>It runs on its target and belongs to it; what waits for it waits until it answers.</summary>
    AwaitingReadiness,

    /// <summary>It is on its target, as it shall be. The end.</summary>
    Recovered,

    /// <summary>It could not be recovered, and nothing of the attempt is left. It can be retried.</summary>
    Failed,

    /// <summary>It could not be recovered, and the target could not be cleaned; the reason says what is left there.</summary>
    FailedUnclean,

    /// <summary>No host can take it; the reasons are in the plan. It can be retried.</summary>
    Unplaced,

    /// <summary>The recovery was cancelled before its turn.</summary>
    Skipped,
}

public static class States
{
    /// <summary>The ends of a recovery, as a list for those who ask a database.</summary>
    public static IReadOnlyList<RecoveryState> Final { get; } = [.. Enum.GetValues<RecoveryState>().Where(IsFinal)];

    public static bool IsFinal(this RecoveryState state) => state >= RecoveryState.Completed;

    public static bool IsFinal(this InstanceState state) => state >= InstanceState.Recovered;

    public static bool CanBeRetried(this InstanceState state) =>
        state is InstanceState.Failed or InstanceState.Unplaced or InstanceState.Skipped;

    /// <summary>The end of a recovery, from the ends of its instances.</summary>
    public static RecoveryState Outcome(IReadOnlyCollection<InstanceState> instances, bool cancelled)
    {
        if (cancelled && (instances.Count == 0 || instances.Any(state => state == InstanceState.Skipped)))
        {
            return RecoveryState.Cancelled;
        }

        if (instances.All(state => state == InstanceState.Recovered))
        {
            return RecoveryState.Completed;
        }

        return instances.Any(state => state == InstanceState.Recovered)
            ? RecoveryState.CompletedWithFailures
            : RecoveryState.Failed;
    }
}
