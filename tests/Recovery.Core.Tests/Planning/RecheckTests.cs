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

    [Fact]
    public void New_places_respect_the_groups_of_what_is_kept()
    {
        var policy = new InstancePolicy { Groups = [new("db", GroupRule.AntiAffinity)] };
        Instance[] instances = [Instance("a") with { Policy = policy }, Instance("b") with { Policy = policy }];
        var plan = Planner.Plan(Snapshot([Dead, Host("node2"), Host("node3")], instances), Request, Options);
        var now = Snapshot([Dead, Host("node2"), Host("node3", liveness: HostLiveness.Silent), Host("node4", 2048)], instances);

        var rechecked = Recheck.Of(plan, now, Request, Options);

        Assert.Equal(["node2", "node4"], rechecked.Plan.Moves.Select(move => move.Target).Order());
    }

    [Fact]
    public void What_is_kept_keeps_its_tier_also_when_whoever_waits_for_it_has_no_place()
    {
        Instance[] instances =
        [
            Instance("db"), Instance("other"),
            Instance("web", memoryMib: 65_536) with { Policy = new() { Priority = 90, After = [IdOf("db")] } },
        ];
        var plan = Planner.Plan(Snapshot([Dead, Host("node2"), Host("node3")], instances), Request, Options);
        var lost = plan.Moves.Single(move => move.Name == "other").Target;
        var now = Snapshot([Dead, .. new[] { "node2", "node3" }.Select(name => Host(name, maintenance: name == lost))], instances);

        var rechecked = Recheck.Of(plan, now, Request, Options);

        Assert.Equal(90, rechecked.Plan.Moves.Single(move => move.Name == "db").Priority);
    }
}
