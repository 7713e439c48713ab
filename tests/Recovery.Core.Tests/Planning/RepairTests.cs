using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

/// <summary>What is moved to make room is only what this plan has placed, and only when something would be left out.</summary>
public class RepairTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0 };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);

    // Who is left out, is of a low tier and bound to node2 by its storage; the others were there first and avoid the spare.
    private static readonly IReadOnlyDictionary<string, (ClusterSnapshot Cluster, string Places)> Cases =
        new Dictionary<string, (ClusterSnapshot, string)>
        {
            ["one makes room"] = (
                Cluster([Node("node2", 5120, "any ssd"), Spare("node3", 3072, "any")], ("first", 1536, "any", 80), ("left", 4096, "ssd", 50)),
                "first on node3, left on node2"),
            ["two make room"] = (
                Cluster(
                    [Node("node2", 5120, "any ssd"), Spare("node3", 3072, "any")],
                    ("first", 1536, "any", 80), ("second", 1536, "any", 80), ("left", 4096, "ssd", 50)),
                "first on node3, second on node3, left on node2"),
            ["a chain of two"] = (
                Cluster(
                    [Node("node2", 4096, "ssd b"), Node("node3", 2048, "a b"), Spare("node4", 2048, "a")],
                    ("first", 2048, "a", 80), ("second", 2048, "b", 80), ("left", 4096, "ssd", 50)),
                "first on node4, second on node3, left on node2"),
            ["two change places"] = (
                Cluster(
                    [Node("node2", 4096, "any ssd"), Spare("node3", 3072, "any")],
                    ("first", 3072, "any", 90), ("second", 2048, "any", 80), ("left", 2048, "ssd", 50)),
                "first on node3, second on node2, left on node2"),
        };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_greed_leaves_out_has_a_place_when_others_make_room(string name)
    {
        var (cluster, places) = Cases[name];

        var greedy = Planner.Plan(cluster, LossOfNode1, Options with { RepairTries = 0 });
        var plan = Planner.Plan(cluster, LossOfNode1, Options);

        Assert.Equal("left", greedy.Unplaced.Single().Name);
        Assert.Empty(plan.Unplaced);
        Assert.Equal(places, string.Join(", ", plan.Moves.Select(move => $"{move.Name} on {move.Target}")));
    }

    [Fact]
    public void Nothing_is_moved_that_was_there_before_the_plan()
    {
        var (cluster, _) = Cases["one makes room"];
        var settled = cluster with
        {
            Instances = [.. cluster.Instances.Select(instance => instance.Name == "first" ? instance with { Host = "node2" } : instance)],
        };

        var plan = Planner.Plan(settled, LossOfNode1, Options);

        Assert.Empty(plan.Moves);
        Assert.Equal("left", plan.Unplaced.Single().Name);
    }

    [Fact]
    public void Nothing_is_moved_that_a_rechecked_plan_keeps()
    {
        var (cluster, _) = Cases["one makes room"];
        var before = cluster with { Hosts = [.. cluster.Hosts, Node("node4", 8192, "ssd")] };
        var plan = Planner.Plan(before, LossOfNode1, Options);
        Assert.Equal(["node2", "node4"], plan.Moves.Select(move => move.Target));

        var rechecked = Recheck.Of(plan, cluster, LossOfNode1, Options);

        Assert.Equal("node2", rechecked.Plan.Moves.Single().Target);
        Assert.Equal("left", rechecked.Plan.Unplaced.Single().Name);
    }

    private static Host Node(string name, long memoryMib, string storages) => Host(name, memoryMib, 64, storages);

    private static Host Spare(string name, long memoryMib, string storages) => Node(name, memoryMib, storages) with { Spare = true };

    // No host is empty, so no attempt is made without one.
    private static ClusterSnapshot Cluster(IReadOnlyList<Host> hosts, params (string Name, long MemoryMib, string Storage, int Tier)[] instances) => Snapshot(
        [Host("node1", liveness: HostLiveness.Silent), .. hosts],
        [
            .. instances.Select(each => Instance(each.Name, memoryMib: each.MemoryMib, storage: each.Storage) with { Policy = new() { Priority = each.Tier } }),
            .. hosts.Select(host => Instance($"there on {host.Name}", host.Name, 0, 1)),
        ]);
}
