namespace Recovery.Core.Workflow;

/// <summary>What the instances of a recovery need next, once their sources were proven off.</summary>
internal static class InstanceRules
{
    public const string SkippedByOperator = "An operator wanted it left alone.";

    private const string Cancelled = "The recovery was cancelled.";

    public static Decision Of(RecoveryProgress recovery, Observation seen, DateTimeOffset now)
    {
        if (ToSkip(recovery, seen) is { Instances.Count: > 0 } skip)
        {
            return new Decision([skip]);
        }

        var turns = new Turns(recovery, seen.UnderWay);
        var round = new Round(recovery, seen, now);

        // What was begun comes first: it may hold something.
        foreach (var instance in recovery.Unfinished
            .Where(each => each.Target is not null && !seen.UnderWay.Contains(each.Id))
            .OrderBy(each => each.State == InstanceState.Waiting))
        {
            if (instance.State != InstanceState.Waiting)
            {
                round.GoOn(instance, []);
            }
            else if (!recovery.Paused && turns.Begins(instance))
            {
                round.GoOn(instance, turns.Missed(instance));
            }
        }

        return round.Decided;
    }

    private static WorkflowAction.Skip ToSkip(RecoveryProgress recovery, Observation seen)
    {
        var waiting = recovery.Unfinished
            .Where(each => each.State == InstanceState.Waiting && !seen.UnderWay.Contains(each.Id));
        return recovery.Cancel is not null
            ? new([.. waiting.Select(each => each.Id)], "The recovery was cancelled before its turn.")
            : new([.. waiting.Where(each => each.SkipRequested).Select(each => each.Id)], SkippedByOperator);
    }

    /// <summary>One look at all instances.</summary>
    private sealed class Round(RecoveryProgress recovery, Observation seen, DateTimeOffset now)
    {
        private readonly List<WorkflowAction> actions = [];
        private DateTimeOffset? lookAgainAt;

        public Decision Decided => new(actions, lookAgainAt);

        public void GoOn(InstanceProgress instance, IReadOnlyList<MissedInstance> missed)
        {
            var abandon = recovery.Cancel == CancelMode.PutBack ? Cancelled : null;
            switch (InstanceSteps.Next(instance.Needs, instance.Journal, abandon))
            {
                case NextStep.End end:
                    actions.Add(new WorkflowAction.EndInstance(instance.Id, end.State, end.Reason));
                    break;
                case NextStep.Begin begin:
                    Begin(instance, begin, missed);
                    break;
                case NextStep.Resend resend:
                    Resend(instance, resend.Step);
                    break;
            }
        }

        private void Begin(InstanceProgress instance, NextStep.Begin begin, IReadOnlyList<MissedInstance> missed)
        {
            if (recovery is { Paused: true, Cancel: null })
            {
                return;
            }

            var lastTry = instance.Journal.LastOrDefault(entry => entry.Action == begin.Action)?.EndedAt;
            if (lastTry + begin.Delay > now)
            {
                LookAgain(lastTry + begin.Delay);
            }
            else if (MayBeSent(instance, begin.Action, stepId: null))
            {
                actions.Add(new WorkflowAction.TakeStep(instance.Id, begin.Action, StateDuring(begin), missed));
            }
        }

        private void Resend(InstanceProgress instance, JournalEntry step)
        {
            // A target that is off runs nothing: what was begun there is neither done nor in the way.
            if (IsExecutors(step.Action) && seen.Of(instance.Target!).Proof is { HostIsOff: true } off)
            {
                actions.Add(InstanceSteps.IsPuttingBack(step.Action)
                    ? new WorkflowAction.Settle(instance.Id, step.Action, step.StepId, StepOutcome.Succeeded, "", $"{instance.Target} is proven off: {off.Evidence}")
                    : new WorkflowAction.Settle(instance.Id, step.Action, step.StepId, StepOutcome.FailedForGood, "TARGET_OFF", $"{instance.Target} was lost meanwhile: {off.Evidence}"));
                return;
            }

            // What is resumed or forgotten belongs to no other host because of it, and whoever evacuates the host fences it
            // first. So nobody has to wait here until a host that went off once more is proven off.
            if (instance.Needs.Task != InstanceTask.Move && IsExecutors(step.Action) && seen.Of(instance.Target!).IsLost)
            {
                actions.Add(new WorkflowAction.Settle(
                    instance.Id, step.Action, step.StepId, StepOutcome.FailedForGood, "HOST_SILENT",
                    $"{instance.Target} fell silent again before it said what became of this."));
                return;
            }

            if (seen.Silences.TryGetValue(step.StepId, out var silence))
            {
                if (InstanceSteps.IsAboutReadiness(step.Action)
                    && now >= step.IntendedAt + StepTimes.Readiness(instance.Needs.Gate) + StepTimes.Grace)
                {
                    actions.Add(new WorkflowAction.Settle(
                        instance.Id, step.Action, step.StepId, StepOutcome.FailedForGood, "NOT_READY",
                        $"Whether it is ready is not known: {instance.Target} did not say."));
                    return;
                }

                var at = silence.Since + StepTimes.BeforeSendingAgain(silence.Tries);
                if (now < at)
                {
                    LookAgain(at);
                    return;
                }
            }

            if (MayBeSent(instance, step.Action, step.StepId))
            {
                actions.Add(new WorkflowAction.SendAgain(instance.Id, step));
            }
        }

        // Invariant 1: no start without a proof that holds at this moment. The proof of half a minute ago is void when
        // the source was heard since: then a new one is sought, and if the source lives, this start has failed. Failing
        // puts back, which also ends a copy that a lost start may have left on the target.
        private bool MayBeSent(InstanceProgress instance, StepAction action, Guid? stepId)
        {
            if (!InstanceSteps.StartsGuest(action) || !instance.NeedsProof)
            {
                return true;
            }

            switch (FencingRules.Of(instance.Source, recovery.EvenIfAlive, seen, now))
            {
                case FenceNeed.Nothing:
                    return true;
                case FenceNeed.GiveUp alive:
                    Refuse(instance, action, stepId, $"{alive.Why} So its guests may be running there.");
                    break;
                case var _ when recovery.Cancel is not null:
                    Refuse(instance, action, stepId, $"The recovery was cancelled while there was no proof that {instance.Source} is off.");
                    break;
                case FenceNeed.Try when !actions.Contains(new WorkflowAction.Fence(instance.Source)):
                    actions.Add(new WorkflowAction.Fence(instance.Source));
                    break;
                case FenceNeed.Ask when !actions.Contains(new WorkflowAction.AskAfterOrder(instance.Source)):
                    actions.Add(new WorkflowAction.AskAfterOrder(instance.Source));
                    break;
                case FenceNeed.Wait wait:
                    LookAgain(wait.Until);
                    if (wait.Why is { } why && why != recovery.Reason && !actions.OfType<WorkflowAction.AwaitProof>().Any())
                    {
                        actions.Add(new WorkflowAction.AwaitProof(recovery.State, instance.Source, why));
                    }

                    break;
            }

            return false;
        }

        private void Refuse(InstanceProgress instance, StepAction action, Guid? stepId, string why) =>
            actions.Add(new WorkflowAction.Settle(
                instance.Id, action, stepId, StepOutcome.FailedForGood, WorkflowAction.Settle.NotProvenOff, $"It was not started: {why}"));

        private void LookAgain(DateTimeOffset? at)
        {
            if (lookAgainAt is null || at < lookAgainAt)
            {
                lookAgainAt = at;
            }
        }

        private static bool IsExecutors(StepAction action) => StepPerformers.Of(action) == StepPerformer.Executor;

        private static InstanceState StateDuring(NextStep.Begin begin) => begin switch
        {
            { PuttingBack: true } => InstanceState.PuttingBack,
            _ when InstanceSteps.IsAboutReadiness(begin.Action) => InstanceState.AwaitingReadiness,
            _ => InstanceState.Recovering,
        };
    }
}
