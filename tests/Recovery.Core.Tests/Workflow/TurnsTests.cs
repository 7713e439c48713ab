using Recovery.Core.Workflow;
using static Recovery.Core.Tests.Workflow.Story;

namespace Recovery.Core.Tests.Workflow;

/// <summary>Whose turn it is: order, limits, and who waits for whom.</summary>
public class TurnsTests
{
    public static TheoryData<string, RecoveryLimits, InstanceProgress[], string> Limits => new()
    {
        { "in all", new(2, 9, 9), [Guest("a"), Guest("b"), Guest("c")], "a b" },
        { "what is under way counts", new(2, 9, 9), [Begun("a"), Guest("b"), Guest("c")], "b" },
        { "what is put back counts", new(1, 9, 9), [Begun("a") with { State = InstanceState.PuttingBack }, Guest("b")], "" },
        { "what only gets ready does not", new(1, 9, 9), [Begun("a") with { State = InstanceState.AwaitingReadiness }, Guest("b")], "b" },
        { "on a target", new(9, 1, 9), [Guest("a"), Guest("b"), Guest("c") with { Target = "node3" }], "a c" },
        { "on a backend", new(9, 9, 1), [On("a", "shared"), On("b", "shared", "iscsi 10.0.0.1:3260"), On("c", "iscsi 10.0.0.1:3260")], "a c" },
        { "a later one does not take what an earlier one may take next", new(9, 1, 9), [Guest("a"), Guest("b")], "a" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void So_many_at_a_time(string rule, RecoveryLimits limits, InstanceProgress[] instances, string begin) =>
        Assert.True(begin == Begin(limits, instances), $"{rule}: {Begin(limits, instances)}");

    public static TheoryData<InstanceState, bool> Awaited => new()
    {
        { InstanceState.Waiting, false },
        { InstanceState.Recovering, false },
        { InstanceState.PuttingBack, false },
        { InstanceState.AwaitingReadiness, false },
        { InstanceState.Recovered, true },
        { InstanceState.Failed, true },
        { InstanceState.Unplaced, true },
        { InstanceState.Skipped, true },
    };

    [Theory]
    [MemberData(nameof(Awaited))]
    public void Its_turn_has_come_when_the_one_that_it_waits_for_has_ended(InstanceState other, bool begins)
    {
        var awaited = Guest("b", other) with { Needs = Plain };
        var missed = new List<MissedInstance>();

        var begun = Begin(new(9, 9, 9), [Guest("a") with { After = [Id("b")] }, awaited], missed);

        Assert.Equal(begins, begun.Split(' ').Contains("a"));
        Assert.Equal(begins && other != InstanceState.Recovered ? ["b"] : [], missed.Select(each => each.Name));
    }

    [Fact]
    public void A_circle_in_an_old_plan_holds_up_nobody_for_ever() =>
        Assert.Equal("a b", Begin(new(9, 9, 9), [Guest("a") with { After = [Id("b")] }, Guest("b") with { After = [Id("a")] }]));

    private static InstanceProgress Begun(string name) => Guest(name, InstanceState.Recovering, Unanswered(StepAction.CheckDisks));

    private static InstanceProgress On(string name, params string[] backends) => Guest(name) with { Backends = backends };

    /// <summary>The names of those that begin now.</summary>
    private static string Begin(RecoveryLimits limits, InstanceProgress[] instances, List<MissedInstance>? missed = null)
    {
        var decision = Next(In(RecoveryState.Recovering, instances) with { Limits = limits }, Proven);
        var begun = decision.Actions.OfType<WorkflowAction.TakeStep>().Where(step => step.Step == StepAction.CheckDisks).ToList();
        missed?.AddRange(begun.SelectMany(step => step.Missed));
        return string.Join(' ', begun.Select(step => instances.Single(each => each.Id == step.Instance).Name));
    }
}
