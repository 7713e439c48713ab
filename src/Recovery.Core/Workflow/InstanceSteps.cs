using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>What has to be known of an instance in order to choose its steps.</summary>
/// <param name="Intent">How it shall be in the end.</param>
/// <param name="HasVolumes">It has network volumes to connect to.</param>
/// <param name="HasLiveVolumes">Some of its disks were plugged into the running guest only.</param>
public sealed record InstanceNeeds(PowerIntent Intent, bool HasVolumes, bool HasLiveVolumes)
{
    /// <summary>What is to be done with it.</summary>
    public InstanceTask Task { get; init; }

    /// <summary>By which way it is moved.</summary>
    public RecoveryRoute Route { get; init; }

    /// <summary>It has ports of Neutron's.</summary>
    public bool HasPorts { get; init; }

    /// <summary>When others may rely on it; null: as soon as it runs.</summary>
    public ReadinessGate? Gate { get; init; }
}

/// <summary>What comes next for an instance: closed, the runner switches over it.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>Carry out a new step, not before the delay has passed since the last try of it ended.</summary>
    public sealed record Begin(StepAction Action, bool PuttingBack, TimeSpan Delay) : NextStep;

    /// <summary>The outcome of this step was lost: send it again under the same step id.</summary>
    public sealed record Resend(JournalEntry Step, bool PuttingBack) : NextStep;

    /// <summary>There is nothing left to do.</summary>
    public sealed record End(InstanceState State, string Reason) : NextStep;
}

/// <summary>
/// The step machine of one instance, as a pure function of its journal: whoever has the journal knows what comes next,
/// so a crash at any point resumes to the same end.
/// </summary>
/// <remarks>
/// A move follows its <see cref="InstancePath"/>. When a step fails for good, or an operator wants it so, what was begun
/// is put back in reverse order. Commit is the point of no return: from then on the target's copy is the instance. A
/// resume starts what is defined already, so it never undefines; nor does it end what runs where it belongs, whoever
/// started it. To forget is a single step.
/// </remarks>
public static class InstanceSteps
{
    /// <summary>A step that may help again is tried so often in all.</summary>
    public const int MaximumTries = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    /// <param name="needs">What this instance needs.</param>
    /// <param name="journal">The entries of the current attempt, oldest first.</param>
    /// <param name="abandon">Why what was begun shall be put back although nothing failed; null: it shall not.</param>
    public static NextStep Next(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal, string? abandon = null)
    {
        var unanswered = journal.FirstOrDefault(entry => entry.Outcome is null);
        if (unanswered is not null)
        {
            return new NextStep.Resend(unanswered, IsPuttingBack(unanswered.Action));
        }

        if (IsPastReturn(needs, journal))
        {
            return Forward(needs, journal);
        }

        return (FinalFailure(journal)?.Message ?? abandon) is { } why ? PutBack(needs, journal, why) : Forward(needs, journal);
    }

    public static bool IsPuttingBack(StepAction action) => action is StepAction.Stop
        or StepAction.Undefine
        or StepAction.Disconnect
        or StepAction.UnplugPorts
        or StepAction.ReturnPorts
        or StepAction.ReturnAttachments
        or StepAction.ReturnAllocations
        or StepAction.UnmarkEvacuation;

    /// <summary>A guest may run from here on: not without a proof that no other copy does.</summary>
    public static bool StartsGuest(StepAction action) => action is StepAction.Start or StepAction.StartByNova;

    /// <summary>Asks a guest that runs already; its answer decides nothing but when others may rely on it.</summary>
    public static bool IsAboutReadiness(StepAction action) => action is StepAction.AwaitAgent or StepAction.Probe;

    private static bool IsPastReturn(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal) =>
        Succeeded(journal, needs.Task == InstanceTask.Move ? StepAction.Commit : StepAction.Start);

    private static NextStep Forward(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal)
    {
        foreach (var action in InstancePath.Of(needs))
        {
            if (Succeeded(journal, action))
            {
                continue;
            }

            return GivenUp(journal, action) is { } stuck
                ? new NextStep.End(StuckPastReturn(needs, action), stuck.Message)
                : new NextStep.Begin(action, PuttingBack: false, Delay(journal, action));
        }

        return new NextStep.End(InstanceState.Recovered, "");
    }

    private static InstanceState StuckPastReturn(InstanceNeeds needs, StepAction action) => needs.Task switch
    {
        // It runs, and that is what matters. A guest is never ended because nobody answers inside it.
        _ when IsAboutReadiness(action) => InstanceState.Recovered,

        // It belongs to the target, and is not started there: to bring it up is nobody's but the operator's any more.
        InstanceTask.Move => InstanceState.FailedUnclean,
        _ => InstanceState.Failed,
    };

    private static NextStep PutBack(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal, string why)
    {
        foreach (var action in Undoing(needs, journal))
        {
            if (Succeeded(journal, action))
            {
                continue;
            }

            if (GivenUp(journal, action) is { } stuck)
            {
                return new NextStep.End(
                    InstanceState.FailedUnclean,
                    $"{why} Putting it back failed as well, look at the target: {stuck.Message}");
            }

            return new NextStep.Begin(action, PuttingBack: true, Delay(journal, action));
        }

        return new NextStep.End(InstanceState.Failed, why);
    }

    // What was begun counts, not what succeeded: a start that failed may still have left something. Where it belongs, a
    // guest is neither ended nor undefined.
    private static IEnumerable<StepAction> Undoing(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal) =>
        InstancePath.Of(needs)
            .Where(action => needs.Task == InstanceTask.Move || action == StepAction.ConnectVolumes)
            .Where(action => Begun(journal, action))
            .Select(InstancePath.Undoing)
            .OfType<StepAction>()
            .Reverse();

    private static JournalEntry? FinalFailure(IReadOnlyList<JournalEntry> journal) =>
        journal.Select(entry => entry.Action)
            .Where(action => !IsPuttingBack(action) && !IsAboutReadiness(action))
            .Distinct()
            .Select(action => GivenUp(journal, action))
            .FirstOrDefault(entry => entry is not null);

    private static JournalEntry? GivenUp(IReadOnlyList<JournalEntry> journal, StepAction action)
    {
        if (Succeeded(journal, action))
        {
            return null;
        }

        var tries = journal.Where(entry => entry.Action == action).ToList();
        var forGood = tries.FirstOrDefault(entry => entry.Outcome == StepOutcome.FailedForGood);
        return forGood ?? (tries.Count >= MaximumTries ? tries[^1] : null);
    }

    private static bool Begun(IReadOnlyList<JournalEntry> journal, StepAction action) =>
        journal.Any(entry => entry.Action == action);

    private static bool Succeeded(IReadOnlyList<JournalEntry> journal, StepAction action) =>
        journal.Any(entry => entry.Action == action && entry.Outcome == StepOutcome.Succeeded);

    // 1 s, 2 s, 4 s… before the second, third, fourth try.
    private static TimeSpan Delay(IReadOnlyList<JournalEntry> journal, StepAction action)
    {
        var tries = journal.Count(entry => entry.Action == action);
        return tries == 0 ? TimeSpan.Zero : FirstDelay * Math.Pow(2, tries - 1);
    }
}
