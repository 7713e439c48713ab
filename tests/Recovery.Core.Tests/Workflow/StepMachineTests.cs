using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.Core.Tests.Workflow.Story;

namespace Recovery.Core.Tests.Workflow;

/// <summary>What comes next, from what is persisted, what is seen, and the time.</summary>
public class StepMachineTests
{
    private static readonly JournalEntry[] UpToDefine = [Done(StepAction.CheckDisks), Done(StepAction.Define)];

    private static readonly InstanceProgress BeforeStart = Guest("a", InstanceState.Recovering, UpToDefine);

    public static TheoryData<string, RecoveryProgress, Observation, string> Table => new()
    {
        { "an accepted one is planned", In(RecoveryState.Accepted), Nothing, "MakePlan" },
        { "so is one that crashed while it was planned", In(RecoveryState.Planning), Nothing, "MakePlan" },
        { "a paused one is not planned", In(RecoveryState.Accepted) with { Paused = true }, Nothing, "" },
        { "nor is one by a control plane that sees nobody, which says so", In(RecoveryState.Accepted), new Observation { BlindBecause = "Blind." }, "AwaitSight" },
        { "and says it once", In(RecoveryState.Planning) with { Reason = "Blind." }, new Observation { BlindBecause = "Blind." }, "" },
        { "a cancelled one is, to know what is cancelled", In(RecoveryState.Accepted) with { Paused = true, Cancel = CancelMode.Finish }, Nothing, "MakePlan" },

        { "the source is fenced first", In(RecoveryState.Fencing, Guest("a")), Nothing, "Fence node1" },
        { "not a second time while it is", In(RecoveryState.Fencing, Guest("a")), See("node1", new HostSight { IsBeingFenced = true }), "" },
        { "not when it is paused", In(RecoveryState.Fencing, Guest("a")) with { Paused = true }, Nothing, "" },
        { "not before it was listened to", In(RecoveryState.Fencing, Guest("a")), See("node1", new HostSight { ListenFor = TimeSpan.FromSeconds(3) }), "" },
        { "not by a control plane that sees nobody, which says so", In(RecoveryState.Fencing, Guest("a")), new Observation { BlindBecause = "Blind." }, "AwaitProof node1" },
        { "not again too soon, and it says why", In(RecoveryState.Fencing, Guest("a")), See("node1", new HostSight { FenceAgainAt = Now.AddSeconds(9), FenceFailure = "No BMC." }), "AwaitProof node1" },
        { "again when it is time", In(RecoveryState.AwaitingProof, Guest("a")), See("node1", new HostSight { FenceAgainAt = Now }), "Fence node1" },
        { "a living source ends it", In(RecoveryState.Fencing, Guest("a"), Guest("b")), Alive, "Skip a b, Close" },
        { "unless that was known and wanted", In(RecoveryState.Fencing, Guest("a")) with { EvenIfAlive = true }, Alive, "Fence node1" },
        { "of two only the living one", In(RecoveryState.Fencing, Guest("a"), Guest("b") with { Source = "node9" }), Alive, "Skip a" },
        { "but one whose guests it may have ended is asked whether it did", In(RecoveryState.Fencing, Guest("a"), Guest("b")), Told, "AskAfterOrder node1" },
        { "not when it is paused, nor is it given up", In(RecoveryState.Fencing, Guest("a")) with { Paused = true }, Told, "" },
        { "not again too soon", In(RecoveryState.Fencing, Guest("a")), See("node1", new HostSight { IsAlive = true, OrderIsOut = true, FenceAgainAt = Now.AddSeconds(9) }), "AwaitProof node1" },
        { "and while it is silent it is fenced", In(RecoveryState.Fencing, Guest("a")), See("node1", new HostSight { OrderIsOut = true }), "Fence node1" },
        { "a proof lets it go on", In(RecoveryState.AwaitingProof, Guest("a")), Proven, "Recheck" },
        { "also when it came by itself and somebody paused it: later", In(RecoveryState.AwaitingProof, Guest("a")) with { Paused = true }, Proven, "" },
        { "cancelling skips what was not touched", In(RecoveryState.AwaitingProof, Guest("a"), Guest("b")) with { Cancel = CancelMode.Finish }, Nothing, "Skip a b" },
        { "and what an operator wants left alone is", In(RecoveryState.AwaitingProof, Guest("a") with { SkipRequested = true }, Guest("b")), Nothing, "Skip a" },
        { "when nothing is left it ends", In(RecoveryState.Fencing, Guest("a", InstanceState.Skipped)), Nothing, "Close" },

        { "instances begin", In(RecoveryState.Recovering, Guest("a"), Guest("b")), Proven, "TakeStep a CheckDisks, TakeStep b CheckDisks" },
        { "not when it is paused", In(RecoveryState.Recovering, Guest("a")) with { Paused = true }, Proven, "" },
        { "nor go on then", In(RecoveryState.Recovering, BeforeStart) with { Paused = true }, Proven, "" },
        { "but a step that was begun is brought to its end", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.Define))) with { Paused = true }, Proven, "SendAgain a Define" },
        { "cancelled before its turn", In(RecoveryState.Recovering, Guest("a"), BeforeStart with { Id = Id("b") }) with { Cancel = CancelMode.Finish }, Proven, "Skip a" },
        { "what is under way is finished", In(RecoveryState.Recovering, BeforeStart) with { Cancel = CancelMode.Finish }, Proven, "TakeStep a Start" },
        { "or put back, by choice", In(RecoveryState.Recovering, BeforeStart) with { Cancel = CancelMode.PutBack }, Proven, "TakeStep a Undefine" },
        { "but not once it is committed", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, [.. UpToDefine, Done(StepAction.Start), Done(StepAction.Verify), Done(StepAction.Commit)])) with { Cancel = CancelMode.PutBack }, Proven, "EndInstance a Recovered" },
        { "an operator's skip", In(RecoveryState.Recovering, Guest("a") with { SkipRequested = true }), Proven, "Skip a" },
        { "comes too late for what was begun", In(RecoveryState.Recovering, BeforeStart with { SkipRequested = true }), Proven, "TakeStep a Start" },

        { "no start without a proof", In(RecoveryState.Recovering, BeforeStart), Nothing, "Fence node1" },
        { "none from a living source: that start has failed", In(RecoveryState.Recovering, BeforeStart), Alive, "Settle a Start FailedForGood SOURCE_NOT_PROVEN_OFF" },
        { "unless it ended its guests, or may have: it is asked, once for all that wait for it", In(RecoveryState.Recovering, BeforeStart, BeforeStart with { Id = Id("b") }), Told, "AskAfterOrder node1" },
        { "nor is a lost start sent again then", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, [.. UpToDefine, Unanswered(StepAction.Start)])), Alive, "Settle a Start FailedForGood SOURCE_NOT_PROVEN_OFF" },
        { "none when it was cancelled while it waited", In(RecoveryState.Recovering, BeforeStart) with { Cancel = CancelMode.Finish }, See("node1", new HostSight { FenceAgainAt = Now.AddSeconds(9) }), "Settle a Start FailedForGood SOURCE_NOT_PROVEN_OFF" },
        { "while it waits it says for what", In(RecoveryState.Recovering, BeforeStart), See("node1", new HostSight { FenceAgainAt = Now.AddSeconds(9), FenceFailure = "No BMC." }), "AwaitProof node1" },
        { "one fence for all that wait for it", In(RecoveryState.Recovering, BeforeStart, BeforeStart with { Id = Id("b") }), Nothing, "Fence node1" },
        { "what starts where it belongs needs none", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Done(StepAction.CheckDisks)) with { Needs = Plain with { Task = InstanceTask.Resume } }), Nothing, "TakeStep a Start" },

        { "a lost outcome is asked for again", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.CheckDisks))), Proven, "SendAgain a CheckDisks" },
        { "a target that is off did nothing", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.CheckDisks))), See("node2", new HostSight { Proof = Off }), "Settle a CheckDisks FailedForGood TARGET_OFF" },
        { "and has nothing left to put back", In(RecoveryState.Recovering, Guest("a", InstanceState.PuttingBack, Failed(StepAction.CheckDisks), Unanswered(StepAction.Disconnect))), See("node2", new HostSight { Proof = Off }), "Settle a Disconnect Succeeded" },
        { "one whose guests its executor ended still has", In(RecoveryState.Recovering, Guest("a", InstanceState.PuttingBack, Failed(StepAction.CheckDisks), Unanswered(StepAction.Disconnect))), See("node2", new HostSight { Proof = Off with { Kind = FenceProofKind.ExecutorWord } }), "SendAgain a Disconnect" },
        { "a host that fell again while it was put in order holds nobody up", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.CheckDisks)) with { Needs = Plain with { Task = InstanceTask.Resume } }), See("node2", new HostSight { IsLost = true }), "Settle a CheckDisks FailedForGood HOST_SILENT" },
        { "a target that is only silent is waited for", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.CheckDisks))), See("node2", new HostSight { IsLost = true }), "SendAgain a CheckDisks" },
        { "what runs where it belongs is not ended by a cancel", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Done(StepAction.CheckDisks), Done(StepAction.Start)) with { Needs = Plain with { Task = InstanceTask.Resume } }) with { Cancel = CancelMode.PutBack }, Nothing, "TakeStep a Verify" },
        { "the inventory is no matter of the target", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, Unanswered(StepAction.Commit))), See("node2", new HostSight { Proof = Off }), "SendAgain a Commit" },
        { "what is being done is left alone", In(RecoveryState.Recovering, BeforeStart), Proven with { UnderWay = new HashSet<Guid> { Id("a") } }, "" },
        { "all ended: the end", In(RecoveryState.Recovering, Guest("a", InstanceState.Recovered), Guest("b", InstanceState.Failed)), Proven, "Close" },
        { "after which there is nothing", In(RecoveryState.Completed, Guest("a", InstanceState.Recovered)), Proven, "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void It_says_what_comes_next(string rule, RecoveryProgress recovery, Observation seen, string expected) =>
        Assert.True(expected == Line(Next(recovery, seen)), $"{rule}: {Line(Next(recovery, seen))} instead of {expected}");

    [Fact]
    public void A_step_without_an_answer_is_sent_again_after_growing_silences()
    {
        var step = Unanswered(StepAction.Start);
        var recovery = In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, [.. UpToDefine, step]));
        var seen = Proven with { Silences = new Dictionary<Guid, Silence> { [step.StepId] = new(3, Now) } };

        var waits = Next(recovery, seen);

        Assert.Equal(("", Now.AddSeconds(2)), (Line(waits), waits.LookAgainAt));
        Assert.Equal("SendAgain a Start", Line(StepMachine.Next(recovery, seen, Now.AddSeconds(2))));
        Assert.Equal(
            [0.5, 1, 2, 4, 5, 5],
            Enumerable.Range(1, 6).Select(tries => StepTimes.BeforeSendingAgain(tries).TotalSeconds));
    }

    [Fact]
    public void What_may_help_is_tried_again_when_its_delay_has_passed_since_it_failed()
    {
        var tried = Done(StepAction.CheckDisks) with { Outcome = StepOutcome.FailedTransiently, EndedAt = Now };
        var recovery = In(RecoveryState.Recovering, Guest("a", InstanceState.Recovering, tried));

        Assert.Equal(("", Now.AddSeconds(1)), (Line(Next(recovery, Proven)), Next(recovery, Proven).LookAgainAt));
        Assert.Equal("TakeStep a CheckDisks", Line(StepMachine.Next(recovery, Proven, Now.AddSeconds(1))));
    }

    [Fact]
    public void What_it_waits_for_is_said_once_and_tells_what_to_do()
    {
        var seen = See("node1", new HostSight { FenceAgainAt = Now.AddSeconds(9), FenceFailure = "The BMC is silent." });
        var recovery = In(RecoveryState.Fencing, Guest("a"));

        var said = Assert.IsType<WorkflowAction.AwaitProof>(Assert.Single(Next(recovery, seen).Actions));
        var again = Next(recovery with { State = RecoveryState.AwaitingProof, Reason = said.Why }, seen);

        Assert.Equal((RecoveryState.AwaitingProof, "node1"), (said.State, said.Host));
        Assert.Contains("The BMC is silent.", said.Why);
        Assert.Contains("/v1/hosts/node1/attestations", said.Why);
        Assert.Empty(again.Actions);
        Assert.Equal(Now.AddSeconds(9), again.LookAgainAt);
    }

    [Fact]
    public void Whoever_cancels_is_told_whose_guests_may_have_been_ended()
    {
        var recovery = In(RecoveryState.AwaitingProof, Guest("a"), Guest("b") with { Source = "node9" }) with { Cancel = CancelMode.Finish };

        Assert.Contains("executor of node1 may have been told to end its guests", Why(Told));
        Assert.Contains("executor of node1 may have been told to end its guests", Why(See("node1", new HostSight { Proof = Off with { Kind = FenceProofKind.ExecutorWord } })));
        Assert.Equal("The recovery was cancelled before it was touched.", Why(Nothing));

        string Why(Observation seen) => Assert.IsType<WorkflowAction.Skip>(Assert.Single(Next(recovery, seen).Actions)).Why;
    }

    [Fact]
    public void Of_two_sources_both_are_fenced_at_once_and_both_have_to_be_proven_off()
    {
        var recovery = In(RecoveryState.Fencing, Guest("a"), Guest("b") with { Source = "node9" });

        Assert.Equal("Fence node1, Fence node9", Line(Next(recovery, Nothing)));
        Assert.Equal("Fence node9", Line(Next(recovery, Proven)));
    }

    // Who runs is never ended because nobody answers inside it.
    [Theory]
    [InlineData(StepOutcome.Succeeded, "")]
    [InlineData(StepOutcome.FailedForGood, "Probe failed.")]
    public void A_guest_that_is_not_ready_in_time_is_recovered_and_it_is_said(StepOutcome ready, string reason)
    {
        JournalEntry[] journal = [.. UpToDefine, Done(StepAction.Start), Done(StepAction.Verify), Done(StepAction.Commit)];
        var guest = Guest("a", InstanceState.Recovering, journal) with
        {
            Needs = Plain with { Gate = new ReadinessGate(ReadinessProbe.Tcp, "10.0.0.5:22") },
        };
        var asks = Assert.IsType<WorkflowAction.TakeStep>(Assert.Single(Next(In(RecoveryState.Recovering, guest), Proven).Actions));

        var asked = guest with { Journal = [.. journal, Done(StepAction.Probe) with { Outcome = ready }] };
        var end = Assert.IsType<WorkflowAction.EndInstance>(Assert.Single(Next(In(RecoveryState.Recovering, asked), Proven).Actions));

        Assert.Equal((StepAction.Probe, InstanceState.AwaitingReadiness), (asks.Step, asks.State));
        Assert.Equal((InstanceState.Recovered, reason), (end.State, end.Reason));
    }

    [Fact]
    public void A_target_that_is_lost_while_its_guest_gets_ready_is_not_waited_for_for_ever()
    {
        var step = Unanswered(StepAction.AwaitAgent);
        var guest = Guest("a", InstanceState.AwaitingReadiness, [.. UpToDefine, Done(StepAction.Start), Done(StepAction.Verify), Done(StepAction.Commit), step]) with
        {
            Needs = Plain with { Gate = new ReadinessGate(ReadinessProbe.Agent, WithinSeconds: 60) },
        };
        var seen = Proven with { Silences = new Dictionary<Guid, Silence> { [step.StepId] = new(1, Now.AddMinutes(-1)) } };
        var recovery = In(RecoveryState.Recovering, guest);

        Assert.Equal("SendAgain a AwaitAgent", Line(Next(recovery, seen)));
        Assert.Equal("Settle a AwaitAgent FailedForGood NOT_READY", Line(StepMachine.Next(recovery, seen, Now.AddSeconds(70))));
    }

    // Invariant 2: what is decided depends on nothing but what was persisted and what is seen.
    [Theory]
    [MemberData(nameof(Table))]
    public void Asked_twice_it_says_the_same(string rule, RecoveryProgress recovery, Observation seen, string expected)
    {
        Assert.Equal(Line(Next(recovery, seen)), Line(Next(recovery, seen)));
        Assert.True(expected == Line(Next(recovery, seen)), rule);
    }
}
