namespace Recovery.Core.Workflow;

/// <summary>
/// What a recovery needs next, as a pure function of what is persisted, what is seen, and the time. It remembers
/// nothing: whoever asks it with the same journal gets the same answer, so a crash at any point resumes to the same end.
/// </summary>
/// <remarks>The numbers are those of the steps in the architecture page. The runner carries out, and decides nothing.</remarks>
public static class StepMachine
{
    /// <param name="recovery">As it is persisted.</param>
    /// <param name="seen">What happened outside.</param>
    /// <param name="now">UTC.</param>
    public static Decision Next(RecoveryProgress recovery, Observation seen, DateTimeOffset now) => recovery.State switch
    {
        _ when recovery.State.IsFinal() => new Decision([]),

        // A control plane that has just started has heard nobody yet: it would find no host to place anything on.
        RecoveryState.Accepted or RecoveryState.Planning when seen.ListenFor is { } listen => new Decision([], now + listen),

        // Nor would one that is cut off itself: it says so and waits, instead of finding no place for anybody.
        RecoveryState.Accepted or RecoveryState.Planning when seen.BlindBecause is { } blind && recovery.Cancel is null =>
            recovery.Reason == blind
                ? new Decision([])
                : new Decision([new WorkflowAction.AwaitSight(blind)]),

        // Planning has no effect, and without it nobody could say what was cancelled.
        RecoveryState.Accepted or RecoveryState.Planning => recovery is { Paused: true, Cancel: null }
            ? new Decision([])
            : new Decision([new WorkflowAction.MakePlan()]),

        // :: Step 7: Close
        _ when !recovery.Unfinished.Any() => new Decision([new WorkflowAction.Close()]),

        // :: Step 4: Fence
        RecoveryState.Fencing or RecoveryState.AwaitingProof => Fencing(recovery, seen, now),

        // :: Step 6: Per instance
        _ => InstanceRules.Of(recovery, seen, now),
    };

    private static Decision Fencing(RecoveryProgress recovery, Observation seen, DateTimeOffset now)
    {
        var waiting = recovery.Unfinished.Select(instance => instance.Id).ToList();
        if (recovery.Cancel is not null)
        {
            return new Decision([new WorkflowAction.Skip(waiting, WhyCancelled(recovery, seen))]);
        }

        var unwanted = recovery.Unfinished.Where(instance => instance.SkipRequested).Select(instance => instance.Id).ToList();
        if (unwanted.Count > 0)
        {
            return new Decision([new WorkflowAction.Skip(unwanted, InstanceRules.SkippedByOperator)]);
        }

        var hosts = recovery.Unfinished.Select(instance => instance.Source)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var needs = hosts.ConvertAll(host => (Host: host, Need: FencingRules.Of(host, recovery.EvenIfAlive, seen, now)));
        if (needs.Find(each => each.Need is FenceNeed.GiveUp) is { Need: FenceNeed.GiveUp alive } lives)
        {
            // The others of these hosts may be off all the same.
            var why = $"{alive.Why} Nothing was touched there. If its guests shall move all the same, switch it off first and ask again.";
            var theirs = recovery.Unfinished.Where(instance => instance.Source == lives.Host).Select(instance => instance.Id);
            var skip = new WorkflowAction.Skip([.. theirs], why);
            return new Decision(hosts.Count == 1 ? [skip, new WorkflowAction.Close(why)] : [skip]);
        }

        var proofs = needs.Select(each => each.Need).OfType<FenceNeed.Nothing>().Select(need => need.Proof).ToList();
        if (proofs.Count == hosts.Count)
        {
            // :: Step 5: Re-check
            if (seen.ListenFor is { } listen)
            {
                return new Decision([], now + listen);
            }

            return recovery.Paused ? new Decision([]) : new Decision([new WorkflowAction.Recheck(proofs)]);
        }

        var actions = new List<WorkflowAction>();
        if (!recovery.Paused)
        {
            actions.AddRange(needs.Where(each => each.Need is FenceNeed.Try).Select(each => new WorkflowAction.Fence(each.Host)));
            actions.AddRange(needs.Where(each => each.Need is FenceNeed.Ask).Select(each => new WorkflowAction.AskAfterOrder(each.Host)));
        }

        var waits = needs.Where(each => each.Need is FenceNeed.Wait).Select(each => (each.Host, Wait: (FenceNeed.Wait)each.Need)).ToList();
        var said = waits.Where(each => each.Wait.Why is not null).Take(1)
            .Where(each => recovery.State != RecoveryState.AwaitingProof || recovery.Reason != each.Wait.Why);
        actions.AddRange(said.Select(each =>
            new WorkflowAction.AwaitProof(RecoveryState.AwaitingProof, each.Host, each.Wait.Why!)));
        return new Decision(actions, waits.Min(each => each.Wait.Until));
    }

    private static string WhyCancelled(RecoveryProgress recovery, Observation seen)
    {
        var told = recovery.Unfinished.Select(instance => instance.Source)
            .Distinct(StringComparer.Ordinal)
            .Where(host => seen.Of(host) is { OrderIsOut: true } or { Proof.Kind: FenceProofKind.ExecutorWord })
            .Order(StringComparer.Ordinal)
            .ToList();
        return told.Count == 0
            ? "The recovery was cancelled before it was touched."
            : $"The recovery was cancelled before it was moved. The executor of {string.Join(", ", told)} may have been told to end its guests: "
                + "look there, and start what is off with kind resume.";
    }
}
