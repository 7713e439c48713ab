using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

/// <summary>What the request and the owners want, and what makes one host better than another.</summary>
public class WishTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0, ExcludedClasses = "appliance" };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);

    [Fact]
    public void Who_is_left_alone_stays_down_by_wish_unless_named()
    {
        Instance[] instances =
        [
            Instance("optedout") with { Policy = new() { OptOut = true } },
            Instance("appliance") with { Policy = new() { Class = "appliance" } },
            Instance("plain"),
        ];

        var plan = PlanOf([Host("node2")], LossOfNode1, instances);
        var named = PlanOf([Host("node2")], LossOfNode1 with { Instances = [.. instances.Select(instance => instance.Id)] }, instances);

        Assert.Equal(["plain"], plan.Moves.Select(move => move.Name));
        Assert.All(plan.Unplaced, unplaced => Assert.True(unplaced.ByWish));
        Assert.Equal(3, named.Moves.Count);
    }

    [Fact]
    public void Who_is_somebody_elses_to_move_stays_down_also_when_named()
    {
        var instance = Instance("vgpu") with { Obstacle = "It has a vGPU: hand it to Nova's own evacuate." };

        var plan = PlanOf([Host("node2")], LossOfNode1 with { Instances = [instance.Id] }, instance);

        var unplaced = Assert.Single(plan.Unplaced);
        Assert.False(unplaced.ByWish);
        Assert.Equal(RejectionKind.HandedOver, Assert.Single(unplaced.Rejections).Kind);
    }

    [Fact]
    public void What_is_off_takes_room_only_where_its_room_stays_promised()
    {
        var off = Instance("off", memoryMib: 4096) with { State = DomainState.ShutOff };
        Host[] small = [Host("node2", 2048)];

        Assert.Single(PlanOf(small, LossOfNode1, off).Moves);
        Assert.Single(PlanOf(small, LossOfNode1, off with { HoldsRoomWhenOff = true }).Unplaced);
    }

    [Fact]
    public void Excluded_instances_are_in_no_list_and_excluded_targets_take_nothing()
    {
        var plan = PlanOf(
            [Host("node2", 65_536), Host("node3")],
            LossOfNode1 with { ExcludedInstances = [IdOf("b")], ExcludedTargets = ["node2"] },
            Instance("a"), Instance("b"));

        Assert.Equal(("a", "node3"), plan.Moves.Select(move => (move.Name, move.Target)).Single());
        Assert.Empty(plan.Unplaced);
    }

    [Fact]
    public void A_rack_is_planned_as_one_and_none_of_its_hosts_is_a_target()
    {
        var plan = PlanOf(
            [Host("node2", 65_536), Host("node3", 2048)], new(["node1", "node2"], [], []),
            Instance("a", "node1", 1536), Instance("b", "node2", 1536));

        Assert.Equal("node3", plan.Moves.Single().Target);
        Assert.Single(plan.Unplaced);
    }

    [Fact]
    public void Moves_spread_over_failure_domains()
    {
        var plan = PlanOf(
            [
                Host("node2", 16_384) with { FailureDomain = "rack-a" }, Host("node3", 16_384) with { FailureDomain = "rack-a" },
                Host("node4", 15_360) with { FailureDomain = "rack-b" },
            ],
            LossOfNode1, Instance("a"), Instance("b"));

        Assert.Equal(["node2", "node4"], plan.Moves.Select(move => move.Target).Order());
    }

    [Fact]
    public void A_spare_is_taken_last_and_before_anybody_is_left_out()
    {
        Host[] hosts = [Host("node2", 65_536) with { Spare = true }, Host("node3", 1024)];

        Assert.Equal("node3", PlanOf(hosts, LossOfNode1, Instance("a")).Moves.Single().Target);
        Assert.Equal(["node2", "node3"], PlanOf(hosts, LossOfNode1, Instance("a"), Instance("b")).Moves.Select(move => move.Target).Order());
    }

    [Fact]
    public void The_former_host_a_cached_image_and_sessions_draw_an_instance_and_weights_can_be_changed()
    {
        var volume = new Disk { Target = "vdb", Iscsi = new IscsiLun("10.0.0.5", 3260, "iqn.2004-10.com.example:a", 1) };
        var drawn = new (Func<Instance, Instance> Instance, Func<Host, Host> Host, Instance[] Others, Weights Without)[]
        {
            (instance => instance with { Policy = new() { FormerHost = "node3" } }, host => host, [], new() { FormerHost = 0 }),
            (instance => instance with { Policy = new() { Image = "debian" } }, host => host with { CachedImages = new HashSet<string> { "debian" } }, [], new() { CachedImage = 0 }),
            (instance => instance with { Disks = [volume] }, host => host, [Instance("there", "node3", 1, 0) with { Disks = [volume] }], new() { Sessions = 0 }),
        };
        foreach (var (instance, host, others, without) in drawn)
        {
            var snapshot = Snapshot([Dead, Host("node2"), host(Host("node3", 8000))], [instance(Instance("a")), .. others]);

            Assert.Equal("node3", Planner.Plan(snapshot, LossOfNode1, Options).Moves.Single().Target);
            Assert.Equal("node2", Planner.Plan(snapshot, LossOfNode1, Options with { Weights = without }).Moves.Single().Target);
        }
    }

    [Fact]
    public void At_most_a_hundred_hosts_are_explained_the_nearest_first_and_of_the_others_their_number()
    {
        Host[] hosts = [.. Enumerable.Range(100, 150).Select(number => Host($"node{number}", number == 180 ? 2000 : 1000))];

        var unplaced = PlanOf(hosts, LossOfNode1, Instance("a", memoryMib: 4096)).Unplaced.Single();

        Assert.Equal(100, unplaced.Rejections.Select(rejection => rejection.Host).Distinct().Count());
        Assert.Equal("node180", unplaced.Rejections[0].Host);
        Assert.Equal(51, unplaced.OtherHosts);
    }

    [Fact]
    public void A_move_says_when_no_other_host_could_take_it()
    {
        Assert.True(PlanOf([Host("node2"), Host("node3", 512)], LossOfNode1, Instance("a")).Moves.Single().OnlyTarget);
        Assert.False(PlanOf([Host("node2"), Host("node3", 1024)], LossOfNode1, Instance("a")).Moves.Single().OnlyTarget);
    }

    private static Plan PlanOf(IReadOnlyList<Host> hosts, PlanRequest request, params Instance[] instances) =>
        Planner.Plan(Snapshot([Dead, .. hosts], instances), request, Options);
}
