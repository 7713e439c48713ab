using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

public class RecheckTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0 };
    private static readonly PlanRequest Request = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);

    [Fact]
    public void A_plan_that_still_fits_is_left_alone()
    {
        var snapshot = Snapshot([Dead, Host("node2"), Host("node3")], Instance("a"), Instance("b"));
        var plan = Planner.Plan(snapshot, Request, Options);

        var rechecked = Recheck.Of(plan, snapshot, Request, Options);

        Assert.Same(plan, rechecked.Plan);
        Assert.Empty(rechecked.Changes);
    }

    [Fact]
    public void A_target_that_fell_silent_loses_only_its_own_moves_and_it_is_said()
    {
        Instance[] instances = [Instance("a"), Instance("b")];
        var plan = Planner.Plan(Snapshot([Dead, Host("node2"), Host("node3")], instances), Request, Options);
        var lost = plan.Moves.Single(move => move.Target == "node3");
        var now = Snapshot([Dead, Host("node2"), Host("node3", liveness: HostLiveness.Silent)], instances);

        var rechecked = Recheck.Of(plan, now, Request, Options);

        Assert.All(rechecked.Plan.Moves, move => Assert.Equal("node2", move.Target));
        Assert.Equal([$"{lost.Name} goes to node2 instead of node3: node3's executor is silent"], rechecked.Changes);
    }

    [Fact]
    public void What_fits_nowhere_any_more_is_unplaced_with_its_reasons()
    {
        var plan = Planner.Plan(Snapshot([Dead, Host("node2")], Instance("a")), Request, Options);
        var now = Snapshot([Dead, Host("node2", maintenance: true)], Instance("a"));

        var rechecked = Recheck.Of(plan, now, Request, Options);

        Assert.Empty(rechecked.Plan.Moves);
        Assert.Contains(rechecked.Plan.Unplaced.Single().Rejections, each => each.Kind == RejectionKind.InMaintenance);
        Assert.Contains("no other host can take it", rechecked.Changes.Single());
    }

    [Fact]
    public void What_stays_keeps_its_room_when_others_are_planned_again()
    {
        Instance[] instances = [Instance("a", memoryMib: 6144), Instance("b", memoryMib: 6144)];
        var plan = Planner.Plan(Snapshot([Dead, Host("node2"), Host("node3")], instances), Request, Options);
        var now = Snapshot([Dead, Host("node2"), Host("node3", liveness: HostLiveness.Silent)], instances);

        var rechecked = Recheck.Of(plan, now, Request, Options);

        Assert.Equal("node2", rechecked.Plan.Moves.Single().Target);
        Assert.Contains(rechecked.Plan.Unplaced.Single().Rejections, each => each.Kind == RejectionKind.MemoryShort);
    }
}
