using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.Core.Workflow.StepAction;

namespace Recovery.Core.Tests.Workflow;

public class InstanceStepsTests
{
    private static readonly InstanceNeeds Everything = new(PowerIntent.Run, HasVolumes: true, HasLiveVolumes: true);

    private static readonly InstanceNeeds Direct = Everything with { Route = RecoveryRoute.Direct, HasPorts = true };

    private static readonly InstanceNeeds Assisted = Direct with { Route = RecoveryRoute.Assisted };

    public static TheoryData<InstanceNeeds, string> Paths => new()
    {
        { Everything, "ConnectVolumes CheckDisks Define Start Attach Verify Commit" },
        { Everything with { HasLiveVolumes = false }, "ConnectVolumes CheckDisks Define Start Verify Commit" },
        { new(PowerIntent.Run, false, false), "CheckDisks Define Start Verify Commit" },
        { new(PowerIntent.Pause, false, false), "CheckDisks Define Start Verify Commit" },
        { new(PowerIntent.StayOff, true, false), "ConnectVolumes CheckDisks Define Commit" },
        { Everything with { Task = InstanceTask.Resume }, "ConnectVolumes CheckDisks Start Attach Verify" },
        { new(PowerIntent.Pause, false, false) { Task = InstanceTask.Resume }, "CheckDisks Start Verify" },
        { Everything with { Task = InstanceTask.Forget }, "UndefineStale" },
        { Direct, "MarkEvacuation MoveAllocations MoveAttachments BindPorts ConnectVolumes CheckDisks PlugPorts Define Start Attach Verify Commit" },
        { Direct with { HasVolumes = false, HasLiveVolumes = false, HasPorts = false }, "MarkEvacuation MoveAllocations CheckDisks Define Start Verify Commit" },
        { Direct with { Intent = PowerIntent.StayOff }, "MarkEvacuation MoveAllocations MoveAttachments BindPorts CheckDisks Commit" },
        { Assisted, "MarkEvacuation MoveAllocations MoveAttachments BindPorts CheckDisks Commit StartByNova" },
        { Assisted with { Intent = PowerIntent.StayOff }, "MarkEvacuation MoveAllocations MoveAttachments BindPorts CheckDisks Commit" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void When_all_goes_well_each_step_follows_the_one_before(InstanceNeeds needs, string path)
    {
        var (journal, end) = Drive(needs, _ => StepOutcome.Succeeded);

        Assert.Equal(path, Actions(journal));
        Assert.Equal(InstanceState.Recovered, end.State);
    }

    public static TheoryData<StepAction, string> PuttingBack => new()
    {
        { ConnectVolumes, "ConnectVolumes Disconnect" },
        { CheckDisks, "ConnectVolumes CheckDisks Disconnect" },
        { Define, "ConnectVolumes CheckDisks Define Undefine Disconnect" },
        { Start, "ConnectVolumes CheckDisks Define Start Stop Undefine Disconnect" },
        { Attach, "ConnectVolumes CheckDisks Define Start Attach Stop Undefine Disconnect" },
        { Verify, "ConnectVolumes CheckDisks Define Start Attach Verify Stop Undefine Disconnect" },
        { Commit, "ConnectVolumes CheckDisks Define Start Attach Verify Commit Stop Undefine Disconnect" },
    };

    [Theory]
    [MemberData(nameof(PuttingBack))]
    public void What_was_begun_is_put_back_in_reverse_order_also_the_step_that_failed(StepAction failing, string path)
    {
        var (journal, end) = Drive(
            Everything, action => action == failing ? StepOutcome.FailedForGood : StepOutcome.Succeeded);

        Assert.Equal(path, Actions(journal));
        Assert.Equal(InstanceState.Failed, end.State);
        Assert.Equal($"{failing} failed.", end.Reason);
    }

    public static TheoryData<InstanceNeeds, StepAction, string> PuttingBackInTheCloud => new()
    {
        { Direct, MarkEvacuation, "MarkEvacuation UnmarkEvacuation" },
        { Direct, MoveAttachments, "MarkEvacuation MoveAllocations MoveAttachments ReturnAttachments ReturnAllocations UnmarkEvacuation" },
        { Direct, PlugPorts, "MarkEvacuation MoveAllocations MoveAttachments BindPorts ConnectVolumes CheckDisks PlugPorts UnplugPorts Disconnect ReturnPorts ReturnAttachments ReturnAllocations UnmarkEvacuation" },
        { Direct, Commit, "MarkEvacuation MoveAllocations MoveAttachments BindPorts ConnectVolumes CheckDisks PlugPorts Define Start Attach Verify Commit Stop Undefine UnplugPorts Disconnect ReturnPorts ReturnAttachments ReturnAllocations UnmarkEvacuation" },
        { Assisted, CheckDisks, "MarkEvacuation MoveAllocations MoveAttachments BindPorts CheckDisks ReturnPorts ReturnAttachments ReturnAllocations UnmarkEvacuation" },
        { Assisted, Commit, "MarkEvacuation MoveAllocations MoveAttachments BindPorts CheckDisks Commit ReturnPorts ReturnAttachments ReturnAllocations UnmarkEvacuation" },
    };

    // The guest is ended before anything is given back: until then the rows protect it from a source that returns.
    [Theory]
    [MemberData(nameof(PuttingBackInTheCloud))]
    public void A_cloud_gets_its_rows_back_after_the_target_was_cleaned(InstanceNeeds needs, StepAction failing, string path)
    {
        var (journal, end) = Drive(needs, action => action == failing ? StepOutcome.FailedForGood : StepOutcome.Succeeded);

        Assert.Equal(path, Actions(journal));
        Assert.Equal(InstanceState.Failed, end.State);
    }

    [Fact]
    public void What_Nova_does_not_start_stays_where_it_belongs_by_then_and_is_not_said_to_be_recovered()
    {
        var (journal, end) = Drive(Assisted, action => action == StartByNova ? StepOutcome.FailedTransiently : StepOutcome.Succeeded);

        Assert.EndsWith("Commit StartByNova StartByNova StartByNova", Actions(journal));
        Assert.Equal(InstanceState.FailedUnclean, end.State);
        Assert.Equal("StartByNova failed.", end.Reason);
    }

    public static TheoryData<InstanceTask, StepAction, string> PuttingBackAtHome => new()
    {
        { InstanceTask.Resume, CheckDisks, "ConnectVolumes CheckDisks Disconnect" },
        { InstanceTask.Resume, Start, "ConnectVolumes CheckDisks Start Disconnect" },
        { InstanceTask.Resume, Attach, "ConnectVolumes CheckDisks Start Attach" },
        { InstanceTask.Resume, Verify, "ConnectVolumes CheckDisks Start Attach Verify" },
        { InstanceTask.Forget, UndefineStale, "UndefineStale" },
    };

    [Theory]
    [MemberData(nameof(PuttingBackAtHome))]
    public void Where_it_belongs_a_guest_is_neither_ended_nor_undefined(InstanceTask task, StepAction failing, string path)
    {
        var (journal, end) = Drive(
            Everything with { Task = task }, action => action == failing ? StepOutcome.FailedForGood : StepOutcome.Succeeded);

        Assert.Equal(path, Actions(journal));
        Assert.Equal(InstanceState.Failed, end.State);
    }

    [Fact]
    public void What_may_help_is_tried_again_with_growing_delays_and_then_given_up()
    {
        var delays = new List<TimeSpan>();

        var (journal, end) = Drive(
            new(PowerIntent.Run, false, false),
            action => action == CheckDisks ? StepOutcome.FailedTransiently : StepOutcome.Succeeded,
            begin => delays.Add(begin.Delay));

        Assert.Equal("CheckDisks CheckDisks CheckDisks", Actions(journal));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], delays);
        Assert.Equal(InstanceState.Failed, end.State);
    }

    [Fact]
    public void When_putting_back_fails_too_the_end_says_what_to_look_at()
    {
        var (_, end) = Drive(
            Everything, action => action is Start or Undefine ? StepOutcome.FailedForGood : StepOutcome.Succeeded);

        Assert.Equal(InstanceState.FailedUnclean, end.State);
        Assert.Contains("Start failed.", end.Reason);
        Assert.Contains("Undefine failed.", end.Reason);
    }

    // Invariant 2: a crash after the intent and before the outcome, at every place of every story.
    [Theory]
    [MemberData(nameof(PuttingBack))]
    public void A_crash_anywhere_sends_the_same_step_again_and_comes_to_the_same_end(StepAction failing, string path)
    {
        StepOutcome Outcome(StepAction action) =>
            action == failing ? StepOutcome.FailedForGood : StepOutcome.Succeeded;
        var (whole, end) = Drive(Everything, Outcome);

        for (var crash = 0; crash < whole.Count; crash++)
        {
            List<JournalEntry> survived = [.. whole.Take(crash), whole[crash] with { Outcome = null }];

            var next = Assert.IsType<NextStep.Resend>(InstanceSteps.Next(Everything, survived));

            Assert.Equal(whole[crash].StepId, next.Step.StepId);
            survived[crash] = whole[crash];
            var (resumed, sameEnd) = Drive(Everything, Outcome, survived: survived);
            Assert.Equal(path, Actions(resumed));
            Assert.Equal(end, sameEnd);
        }
    }

    private static (List<JournalEntry> Journal, NextStep.End End) Drive(
        InstanceNeeds needs,
        Func<StepAction, StepOutcome> outcome,
        Action<NextStep.Begin>? onBegin = null,
        List<JournalEntry>? survived = null)
    {
        var journal = survived is null ? [] : new List<JournalEntry>(survived);
        while (true)
        {
            switch (InstanceSteps.Next(needs, journal))
            {
                case NextStep.Begin begin:
                    onBegin?.Invoke(begin);
                    journal.Add(new JournalEntry
                    {
                        StepId = Guid.NewGuid(),
                        Action = begin.Action,
                        Outcome = outcome(begin.Action),
                        Message = $"{begin.Action} failed.",
                    });
                    Assert.True(journal.Count < 50, "The steps don't come to an end.");
                    break;
                case NextStep.End end:
                    return (journal, end);
                case var other:
                    Assert.Fail($"Unexpected {other}.");
                    break;
            }
        }
    }

    private static string Actions(IEnumerable<JournalEntry> journal) =>
        string.Join(' ', journal.Select(entry => entry.Action));
}
