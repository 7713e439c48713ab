using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

public class GroupTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0 };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);
    private static readonly InstanceGroup Together = new("web", GroupRule.Affinity);
    private static readonly InstanceGroup Apart = new("db", GroupRule.AntiAffinity);

    [Fact]
    public void A_group_that_must_stay_together_goes_where_there_is_room_for_all_of_it()
    {
        // node2 is preferred for each alone.
        var plan = PlanOf(
            [Host("node2", 10_000), Host("node3", 12_288)],
            [Member("a", Together, 6144), Member("b", Together, 4096), Instance("there", "node3", 1024)]);

        Assert.Equal(["node3", "node3"], plan.Moves.Select(move => move.Target));
        Assert.All(plan.Moves, move => Assert.True(move.OnlyTarget));
    }

    [Fact]
    public void A_single_member_that_is_free_to_go_elsewhere_has_more_than_one_target() =>
        Assert.False(PlanOf([Host("node2"), Host("node3")], [Member("a", Together)]).Moves.Single().OnlyTarget);

    [Fact]
    public void Lower_tiers_of_a_group_do_not_take_room_before_higher_tiers_are_served()
    {
        var plan = PlanOf(
            [Host("node2", 4096)],
            [Member("high", Together, 256, 80), Member("low", Together, 3072, 20), Instance("middle", memoryMib: 2048)]);

        Assert.Equal(["high", "middle"], plan.Moves.Select(move => move.Name));
    }

    [Fact]
    public void Members_go_apart_from_each_other_and_from_those_that_are_there_or_promised()
    {
        var snapshot = Snapshot(
            [Dead, .. Enumerable.Range(2, 4).Select(number => Host($"node{number}"))],
            Member("a", Apart), Member("b", Apart), Member("c", Apart), Member("there", Apart) with { Host = "node2" }, Member("promised", Apart) with { Host = "node9" });

        var plan = Planner.Plan(snapshot with { Reservations = [new("node3", IdOf("promised"), 1024, 1)] }, LossOfNode1, Options);

        Assert.Equal(["node4", "node5"], plan.Moves.Select(move => move.Target).Order());
        Assert.All(plan.Unplaced.Single().Rejections.Where(each => each.Host != "node1"), each => Assert.Equal(RejectionKind.BreaksAntiAffinity, each.Kind));
    }

    [Fact]
    public void Soft_groups_draw_together_and_push_apart_and_keep_nobody_down()
    {
        var near = PlanOf([Host("node2", 32_768), Host("node3")], [Member("a", new("near", GroupRule.SoftAffinity)), Member("there", new("near", GroupRule.SoftAffinity)) with { Host = "node3" }]);
        var far = PlanOf([Host("node2", 32_768), Host("node3")], [Member("a", new("far", GroupRule.SoftAntiAffinity)), Member("there", new("far", GroupRule.SoftAntiAffinity)) with { Host = "node2" }]);
        var alone = PlanOf([Host("node2")], [Member("a", new("far", GroupRule.SoftAntiAffinity)), Member("there", new("far", GroupRule.SoftAntiAffinity)) with { Host = "node2" }]);

        Assert.Equal("node3", near.Moves.Single().Target);
        Assert.Equal("node3", far.Moves.Single().Target);
        Assert.Equal("node2", alone.Moves.Single().Target);
    }

    [Fact]
    public void The_order_of_the_input_does_not_say_where_a_group_goes()
    {
        Host[] hosts = [Host("node2", 6144), Host("node3", 2048)];
        Instance[] instances = [Member("a", Together, 1536), Member("b", Together, 0) with { State = DomainState.ShutOff }, Instance("large", memoryMib: 3072)];

        Assert.Equal(PlanOf(hosts, instances).Moves.Select(move => move.Target), PlanOf(hosts, [.. instances.Reverse()]).Moves.Select(move => move.Target));
    }

    private static Instance Member(string name, InstanceGroup group, long memoryMib = 1024, int priority = 50) =>
        Instance(name, memoryMib: memoryMib) with { Policy = new() { Groups = [group], Priority = priority } };

    private static Plan PlanOf(IReadOnlyList<Host> hosts, Instance[] instances) =>
        Planner.Plan(Snapshot([Dead, .. hosts], instances), LossOfNode1, Options);
}
