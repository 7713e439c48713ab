using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

public class TierTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0 };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);

    [Fact]
    public void When_room_is_short_the_higher_tier_wins_and_the_plan_says_who_lost_to_whom_and_what_would_help()
    {
        var plan = PlanOf(
            [Host("node2", 4096) with { FailureDomain = "rack-b" }, Host("node3", 4096) with { FailureDomain = "rack-b" }],
            Tier(80, "gold1", 3072), Tier(80, "gold2", 3072), Tier(20, "silver", 3072));

        Assert.Equal(["gold1", "gold2"], plan.Moves.Select(move => move.Name));
        var silver = plan.Unplaced.Single();
        Assert.Equal(new Winner(IdOf("gold1"), "gold1", 80, "node2"), Assert.Single(silver.LostTo));
        Assert.Equal(["2048 more MiB of memory on any host of rack-b"], silver.WouldHelp);
        Assert.False(silver.ByWish);
    }

    [Fact]
    public void Several_shortages_and_single_reasons_are_told_as_what_would_help()
    {
        var plan = PlanOf(
            [
                Host("node2", 1024, 1) with { FailureDomain = "rack-b" },
                Host("node3", maintenance: true),
                Host("node4", storages: ""),
            ],
            Instance("a", memoryMib: 2048, vcpus: 20));

        Assert.Equal(
            ["1024 more MiB of memory and 4 more vCPUs on node2 of rack-b", "an end of the maintenance of node3", "its storage mounted on node4"],
            plan.Unplaced.Single().WouldHelp);
        Assert.Empty(plan.Unplaced.Single().LostTo);
    }

    [Fact]
    public void Hosts_that_nobody_put_into_a_failure_domain_are_told_one_by_one()
    {
        var plan = PlanOf([Host("node2", 1024), Host("node3", 1536)], Instance("a", memoryMib: 2048));

        Assert.Equal(["512 more MiB of memory on node3", "1024 more MiB of memory on node2"], plan.Unplaced.Single().WouldHelp);
    }

    [Fact]
    public void What_ran_comes_before_what_was_off_whatever_their_tiers()
    {
        var plan = PlanOf([Host("node2")], Tier(90, "off") with { State = DomainState.ShutOff }, Tier(10, "ran"));

        Assert.Equal(["ran", "off"], plan.Moves.Select(move => move.Name));
    }

    [Fact]
    public void Whoever_is_awaited_by_a_higher_tier_is_in_it_too_over_any_number_of_steps()
    {
        var plan = PlanOf(
            [Host("node2", 3072)],
            After(Tier(90, "web"), "app"), After(Tier(50, "app"), "db"), Tier(10, "db"), Tier(80, "other"));

        Assert.Equal([("db", 90), ("app", 90), ("web", 90)], plan.Moves.Select(move => (move.Name, move.Priority)));
        Assert.Equal([IdOf("app")], plan.Moves[2].After);
        Assert.Equal("other", plan.Unplaced.Single().Name);
    }

    [Fact]
    public void Ignored_dependencies_change_neither_tier_nor_order()
    {
        var plan = PlanOf(
            [Host("node2")], LossOfNode1 with { IgnoreDependencies = true },
            After(Tier(90, "web"), "db"), After(Tier(10, "db"), "web"));

        Assert.Equal([("web", 90, 0), ("db", 10, 0)], plan.Moves.Select(move => (move.Name, move.Priority, move.After.Count)));
    }

    [Fact]
    public void Who_waits_for_somebody_who_is_not_moved_waits_for_nobody()
    {
        var plan = PlanOf([Host("node2")], After(Instance("a"), "elsewhere"), Instance("elsewhere", "node2"));

        Assert.Empty(plan.Moves.Single().After);
    }

    [Fact]
    public void A_circle_stays_down_and_is_named_and_all_others_go_on()
    {
        var plan = PlanOf(
            [Host("node2")],
            After(Instance("a"), "b"), After(Instance("b"), "c"), After(Instance("c"), "a"), After(Instance("waits"), "a"), Instance("other"));

        Assert.Equal(["other", "waits"], plan.Moves.Select(move => move.Name));
        Assert.Equal(["a", "b", "c"], plan.Unplaced.Select(unplaced => unplaced.Name));
        Assert.All(plan.Unplaced, unplaced => Assert.Equal(RejectionKind.DependencyCycle, Assert.Single(unplaced.Rejections).Kind));
        Assert.Contains("b waits for itself: a, which waits for b, which waits for c, which waits for a", plan.Unplaced[1].Rejections[0].Sentence);
    }

    [Fact]
    public void Cycles_are_found_in_the_order_of_waiting_and_only_when_there_are_any()
    {
        Assert.Equal(
            ["b", "c"],
            Dependencies.Cycle([After(Instance("c"), "b"), After(Instance("a"), "b"), After(Instance("b"), "c")]).Select(each => each.Name));
        Assert.Equal(["self"], Dependencies.Cycle([After(Instance("self"), "self")]).Select(each => each.Name));
        Assert.Empty(Dependencies.Cycle([After(Instance("a"), "b", "c"), After(Instance("b"), "c"), Instance("c")]));
        Assert.Empty(Dependencies.Cycle([After(Instance("a"), "unknown")]));
    }

    private static Instance Tier(int priority, string name, long memoryMib = 1024) =>
        Instance(name, memoryMib: memoryMib) with { Policy = new() { Priority = priority } };

    private static Instance After(Instance instance, params string[] awaited) =>
        instance with { Policy = instance.Policy with { After = [.. awaited.Select(IdOf)] } };

    private static Plan PlanOf(IReadOnlyList<Host> hosts, params Instance[] instances) => PlanOf(hosts, LossOfNode1, instances);

    private static Plan PlanOf(IReadOnlyList<Host> hosts, PlanRequest request, params Instance[] instances) =>
        Planner.Plan(Snapshot([Dead, .. hosts], instances), request, Options);
}
