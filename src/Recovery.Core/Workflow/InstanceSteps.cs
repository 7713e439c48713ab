using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>What has to be known of an instance in order to choose its steps.</summary>
/// <param name="Intent">How it shall be in the end.</param>
/// <param name="HasVolumes">It has network volumes to connect to.</param>
/// <param name="HasLiveVolumes">Some of its disks were plugged into the running guest only.</param>
/// <param name="Task">What is to be done to it.</param>
public sealed record InstanceNeeds(
    PowerIntent Intent, bool HasVolumes, bool HasLiveVolumes, InstanceTask Task = InstanceTask.Move);

/// <summary>What comes next for an instance: closed, the runner switches over it.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>Carry out a new step, not before the delay has passed.</summary>
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
/// Forward: connect volumes, check disks, define, start, attach, verify, commit. When a step fails for good, what was
/// begun is put back in reverse order: stop, undefine, disconnect. Commit is the point of no return.
/// Where its host is back there is nothing to define and nothing to commit: what belongs there is started, and a guest
/// that was started where it belongs is never ended again. A stale copy is undefined, and that is all.
/// </remarks>
public static class InstanceSteps
{
    /// <summary>A step that may help again is tried so often in all.</summary>
    public const int MaximumTries = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    /// <param name="needs">What this instance needs.</param>
    /// <param name="journal">The entries of the current attempt, oldest first.</param>
    public static NextStep Next(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal)
    {
        var unanswered = journal.FirstOrDefault(entry => entry.Outcome is null);
        if (unanswered is not null)
        {
            return new NextStep.Resend(unanswered, IsPuttingBack(unanswered.Action));
        }

        return FinalFailure(journal) is { } failure
            ? PutBack(needs, journal, failure)
            : Forward(needs, journal);
    }

    public static bool IsPuttingBack(StepAction action) =>
        action is StepAction.Stop or StepAction.Undefine or StepAction.Disconnect;

    private static NextStep Forward(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal)
    {
        foreach (var action in Path(needs))
        {
            if (!Succeeded(journal, action))
            {
                return new NextStep.Begin(action, PuttingBack: false, Delay(journal, action));
            }
        }

        return new NextStep.End(InstanceState.Recovered, "");
    }

    private static IEnumerable<StepAction> Path(InstanceNeeds needs)
    {
        if (needs.Task == InstanceTask.Forget)
        {
            yield return StepAction.UndefineStale;
            yield break;
        }

        var starts = needs.Intent != PowerIntent.StayOff;
        if (needs.HasVolumes)
        {
            yield return StepAction.ConnectVolumes;
        }

        yield return StepAction.CheckDisks;
        if (needs.Task == InstanceTask.Move)
        {
            yield return StepAction.Define;
        }

        if (starts)
        {
            yield return StepAction.Start;
        }

        if (starts && needs.HasLiveVolumes)
        {
            yield return StepAction.Attach;
        }

        if (starts)
        {
            yield return StepAction.Verify;
        }

        if (needs.Task == InstanceTask.Move)
        {
            yield return StepAction.Commit;
        }
    }

    private static NextStep PutBack(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal, JournalEntry failure)
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
                    $"{failure.Message} Putting it back failed as well, look at the target: {stuck.Message}");
            }

            return new NextStep.Begin(action, PuttingBack: true, Delay(journal, action));
        }

        return new NextStep.End(InstanceState.Failed, failure.Message);
    }

    // What was begun counts, not what succeeded: a start that failed may still have left something.
    private static IEnumerable<StepAction> Undoing(InstanceNeeds needs, IReadOnlyList<JournalEntry> journal)
    {
        // Where it belongs, a guest that runs is right, whoever started it; only what it never used is taken away.
        if (needs.Task != InstanceTask.Move && Succeeded(journal, StepAction.Start))
        {
            yield break;
        }

        if (needs.Task == InstanceTask.Move && Begun(journal, StepAction.Start))
        {
            yield return StepAction.Stop;
        }

        if (Begun(journal, StepAction.Define))
        {
            yield return StepAction.Undefine;
        }

        if (Begun(journal, StepAction.ConnectVolumes))
        {
            yield return StepAction.Disconnect;
        }
    }

    private static JournalEntry? FinalFailure(IReadOnlyList<JournalEntry> journal) =>
        journal.Select(entry => entry.Action)
            .Where(action => !IsPuttingBack(action))
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
