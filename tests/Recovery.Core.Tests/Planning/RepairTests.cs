using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

/// <summary>What is moved is only what this plan has placed, and only when something would be left out.</summary>
public class RepairTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0, VcpuOvercommit = 1 };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);

    public static TheoryData<string> Names => [.. Cases.Keys];

    // Nobody is empty here: no attempt is made without a host.
    private static readonly IReadOnlyDictionary<string, ClusterSnapshot> Cases = new Dictionary<string, ClusterSnapshot>
    {
        // The larger goes where most is free, which is the only host that sees the smaller one's storage.
        ["one makes room"] = Cluster([("node2", 4096, "shared ssd"), ("node3", 3072, "shared")], ("large", 3072, "shared"), ("bound", 2048, "ssd")),
        ["a chain of two"] = Cluster(
            [("node2", 5120, "x a b"), ("node3", 4096, "a b y"), ("node4", 3072, "y")],
            ("first", 3072, "a"), ("second", 3072, "y"), ("third", 2560, "x")),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void What_greed_leaves_out_finds_a_place_when_others_move(string name)
    {
        var plan = Planner.Plan(Cases[name], LossOfNode1, Options);

        Assert.Empty(plan.Unplaced);
        Assert.DoesNotContain(plan.Moves, move => move.Name == "there");
    }

    [Fact]
    public void A_plan_without_the_search_leaves_it_out()
    {
        // Tightest fit finds no way either: the larger leaves less on the host that the smaller one needs.
        var snapshot = Cluster([("node2", 3072, "shared ssd"), ("node3", 4096, "shared")], ("large", 3072, "shared"), ("other", 3072, "shared"), ("bound", 2048, "ssd"));
        var two = Cluster([("node2", 3072, "shared ssd"), ("node3", 3328, "shared")], ("large", 2560, "shared"), ("bound", 2048, "ssd"));
        Assert.Single(Planner.Plan(snapshot, LossOfNode1, Options).Unplaced);

        var heavy = two with
        {
            Instances = [.. two.Instances.Select(instance => instance.Name == "large" ? instance with { Vcpus = 6 } : instance)],
            Hosts = [.. two.Hosts.Select(host => host.Name == "node3" ? host with { Vcpus = 40 } : host with { MemoryMib = 3200 })],
        };
        Assert.Empty(Planner.Plan(heavy, LossOfNode1, Options).Unplaced);
    }

    private static ClusterSnapshot Cluster((string Name, long MemoryMib, string Storages)[] hosts, params (string Name, long MemoryMib, string Storage)[] instances) => Snapshot(
        [Dead, .. hosts.Select(host => Host(host.Name, host.MemoryMib + 1, storages: host.Storages))],
        [.. instances.Select(each => Instance(each.Name, memoryMib: each.MemoryMib, storage: each.Storage)),
            .. hosts.Select(host => Instance("there", host.Name, 1, 0) with { Id = IdOf($"there on {host.Name}") })]);
}
