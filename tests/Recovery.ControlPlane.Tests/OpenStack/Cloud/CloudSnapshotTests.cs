using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.ControlPlane.Tests.OpenStack.Cloud.Clouds;

namespace Recovery.ControlPlane.Tests.OpenStack.Cloud;

/// <summary>What Nova and Placement say decides where a server can go.</summary>
public class CloudSnapshotTests
{
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);

    [Fact]
    public void A_server_of_a_host_that_never_had_an_executor_goes_where_its_disk_is()
    {
        var plan = PlanOf(CloudOf([Host("node1"), Host("node2")], Server()), Told("node2", "node3"));

        Assert.Equal("node2", Assert.Single(plan.Moves).Target);
    }

    [Fact]
    public void Where_the_hosts_of_a_cell_keep_their_instances_in_different_places_nobody_knows_where_its_disk_is()
    {
        var told = Told("node2", "node3");
        var apart = told with
        {
            InstancesStorages = told.InstancesStorages.ToDictionary(
                each => each.Key, each => each.Value with { StorageId = each.Key }),
        };

        var plan = PlanOf(CloudOf([Host("node1"), Host("node2"), Host("node3")], Server()), apart);

        Assert.Contains(RejectionKind.DiskNotShared, Assert.Single(plan.Unplaced).Rejections.Select(each => each.Kind));
    }

    // Placement: (8192 - 512) × 1.5 = 11520.
    [Theory]
    [InlineData(11520, true)]
    [InlineData(11521, false)]
    public void A_host_gives_what_Placement_would_give(int memory, bool fits) =>
        Assert.Equal(fits, Fits(Host("node2"), Server(memory: memory), maximum: 20000));

    [Fact]
    public void What_consumers_take_there_that_are_no_servers_is_taken() =>
        Assert.False(Fits(Using(Host("node2"), 500), Server(memory: 11100), maximum: 20000));

    [Fact]
    public void No_server_gets_more_at_once_than_Placement_would_give_one() =>
        Assert.False(Fits(Host("node2"), Server(memory: 9000), maximum: 8192));

    [Fact]
    public void A_stopped_server_keeps_its_room()
    {
        var target = Using(Host("node2"), 11000);
        var there = Server("stopped", "node2", memory: 11000) with { Uuid = Guid.NewGuid() };

        Assert.False(Fits(target, Server(memory: 1000), 20000, there));
        Assert.True(Fits(target, Server(memory: 520), 20000, there));
        Assert.False(Fits(target, Server("stopped", memory: 1000), 20000, there));
    }

    public static TheoryData<CloudHost, CloudInstance, RejectionKind> Bound => new()
    {
        { Host("node2", "cell2"), Server(), RejectionKind.TraitMissing },
        { Host("node2"), Server() with { RequestedZone = "east" }, RejectionKind.OutsideZone },
        { Host("node2"), Asking("trait:HW_CPU_X86_AVX2", "required"), RejectionKind.TraitMissing },
        { Host("node2") with { Traits = new HashSet<string> { "CUSTOM_LOUD" } }, Asking("trait:CUSTOM_LOUD", "forbidden"), RejectionKind.TraitForbidden },
        { Host("node2"), Asking("aggregate_instance_extra_specs:ssd", "true"), RejectionKind.TraitMissing },
        { Host("node2") with { Disabled = true }, Server(), RejectionKind.InMaintenance },
        { Host("node2") with { ForcedDown = true }, Server(), RejectionKind.InMaintenance },
        { Host("node2"), Server() with { HasPciRequests = true }, RejectionKind.HandedOver },
    };

    [Theory]
    [MemberData(nameof(Bound))]
    public void What_binds_a_server_binds_it_here(CloudHost target, CloudInstance server, RejectionKind kind)
    {
        var plan = PlanOf(CloudOf([Host("node1"), target], server), Told("node1", "node2"));

        Assert.Equal([kind], Assert.Single(plan.Unplaced).Rejections.Where(each => each.Host != "node1").Select(each => each.Kind));
    }

    [Fact]
    public void What_it_asks_for_it_finds()
    {
        var target = Host("node2") with
        {
            Zone = "east",
            Traits = new HashSet<string> { "HW_CPU_X86_AVX2" },
            AggregateMetadata = new Dictionary<string, IReadOnlySet<string>> { ["ssd"] = new HashSet<string> { "true" } },
        };
        var server = Server() with
        {
            RequestedZone = "east",
            ExtraSpecs = new Dictionary<string, string>
            {
                ["trait:HW_CPU_X86_AVX2"] = "required",
                ["aggregate_instance_extra_specs:ssd"] = "true",
            },
        };

        Assert.Single(PlanOf(CloudOf([Host("node1"), target], server), Told("node2")).Moves);
    }

    [Fact]
    public void Servers_of_an_anti_affinity_group_stay_apart()
    {
        ServerGroupView[] group = [new(Guid.NewGuid(), "db", "anti-affinity")];
        var other = Server(host: "node2") with { Uuid = Guid.NewGuid(), Groups = group };

        var plan = PlanOf(CloudOf([Host("node1"), Host("node2"), Host("node3")], Server() with { Groups = group }, other), Told("node2", "node3"));

        Assert.Equal("node3", Assert.Single(plan.Moves).Target);
    }

    [Theory]
    [InlineData("active", PowerIntent.Run)]
    [InlineData("paused", PowerIntent.Pause)]
    [InlineData("stopped", PowerIntent.StayOff)]
    public void How_it_was_is_how_Nova_calls_it_and_its_disks_are_what_its_host_told(string state, PowerIntent intent)
    {
        var told = Told("node1") with
        {
            Domains = new Dictionary<(string, Guid), Instance>
            {
                [("node1", Web)] = new()
                {
                    Id = Web,
                    Name = "instance-00000001",
                    Host = "node1",
                    State = DomainState.Crashed,
                    MemoryMib = 7,
                    Vcpus = 7,
                    Disks = [new Disk { Target = "vdz" }],
                },
            },
        };

        var instance = Assert.Single(CloudSnapshot.Of(CloudOf([Host("node1")], Server(state)), told).Instances);

        Assert.Equal((intent, "web", 1024, "vdz"), (instance.Intent, instance.Name, instance.MemoryMib, Assert.Single(instance.Disks).Target));
    }

    public static TheoryData<VolumeConnection, Disk> Volumes => new()
    {
        { new() { Kind = "nfs", Export = "10.0.0.5:/export", Name = "volume-1" }, Vdb with { Share = new("10.0.0.5:/export", "", "volume-1", "raw") } },
        {
            new() { Kind = "iscsi", Portal = "[fd00::5]:3260", TargetName = "iqn.a", Lun = 2, AsksChap = true, Username = "u" },
            Vdb with { Iscsi = new("fd00::5", 3260, "iqn.a", 2, "u") }
        },
        { new() { Kind = "rbd", Name = "volumes/volume-1" }, Vdb with { Network = "rbd:volumes/volume-1" } },
    };

    private static Disk Vdb => new() { Target = "vdb", Format = "raw", SizeBytes = 1L << 30 };

    // However its host had it: as a file below a mount, a device of a session, or never told.
    [Theory]
    [MemberData(nameof(Volumes))]
    public void A_volume_is_what_another_host_can_be_given(VolumeConnection connection, Disk expected)
    {
        var server = Server() with { Volumes = [new VolumeView(Guid.NewGuid(), "vdb", connection, false, false) { SizeGib = 1 }] };
        var file = new Disk { Target = "vdb", SizeBytes = 1L << 30, File = new("disk", "/var/lib/nova/mnt/0a/volume-1", "", ""), LiveXml = "<disk/>" };
        var device = new Disk { Target = "vdb", SizeBytes = 1L << 30, BlockDevice = "/dev/disk/by-path/ip-10.0.0.5" };

        Assert.All([Seen(file), Seen(device), Seen()], disk => Assert.Equal(expected with { BackingFiles = [] }, disk with { BackingFiles = [] }));
        Assert.Single(PlanOf(CloudOf([Host("node1"), Host("node2")], server), ToldOf(device)).Moves);

        Disk Seen(params Disk[] told) => Assert.Single(CloudSnapshot.Of(CloudOf([Host("node1")], server), ToldOf(told)).Instances).Disks[^1];
    }

    [Fact]
    public void A_server_that_boots_from_its_volume_has_nothing_else()
    {
        var server = Server() with
        {
            BootsFromVolume = true,
            Volumes = [new VolumeView(Guid.NewGuid(), "vda", new() { Kind = "rbd", Name = "volumes/volume-1" }, false, Multiattach: true)],
        };

        var disk = Assert.Single(Assert.Single(CloudSnapshot.Of(CloudOf([Host("node1")], server), Told("node1")).Instances).Disks);

        Assert.Equal(("vda", "rbd:volumes/volume-1", true), (disk.Target, disk.Network, disk.Shareable));
    }

    // os-vif and Neutron's agents make them where they are needed; the switch's own bridge they do not.
    [Fact]
    public void Bridges_that_are_made_at_need_are_not_asked_for()
    {
        var told = ToldOf();
        var domain = told.Domains[("node1", Web)] with { Requirements = new HostRequirements { Bridges = ["brq662cb552-dc", "br-int"] } };
        told = told with { Domains = new Dictionary<(string, Guid), Instance> { [("node1", Web)] = domain } };

        Assert.Equal(["br-int"], Assert.Single(CloudSnapshot.Of(CloudOf([Host("node1")], Server()), told).Instances).Requirements.Bridges);
    }

    [Fact]
    public void What_could_not_be_seen_is_said() =>
        Assert.Equal(["cell2 is away"], CloudSnapshot.Of(CloudOf([Host("node1")]) with { Faults = ["cell2 is away"] }, Told()).Faults);

    private static ReportedCluster ToldOf(params Disk[] disks) => Told("node1", "node2") with
    {
        Domains = new Dictionary<(string, Guid), Instance>
        {
            [("node1", Web)] = new()
            {
                Id = Web,
                Name = "instance-00000001",
                Host = "node1",
                State = DomainState.Running,
                MemoryMib = 1024,
                Vcpus = 1,
                Disks = disks,
            },
        },
    };

    private static Plan PlanOf(CloudView cloud, ReportedCluster told) =>
        Planner.Plan(CloudSnapshot.Of(cloud, told), LossOfNode1, new PlannerOptions());

    private static bool Fits(CloudHost target, CloudInstance server, int maximum, params CloudInstance[] others)
    {
        var inventories = target.Provider!.Inventories.ToDictionary(each => each.Key, each => each.Value);
        inventories["MEMORY_MB"] = inventories["MEMORY_MB"] with { MaxUnit = maximum };
        var limited = target with { Provider = target.Provider with { Inventories = inventories } };
        return PlanOf(CloudOf([Host("node1"), limited], [server, .. others]), Told("node2")).Moves.Count == 1;
    }

    private static CloudHost Using(CloudHost host, long memory)
    {
        var inventories = host.Provider!.Inventories.ToDictionary(each => each.Key, each => each.Value);
        inventories["MEMORY_MB"] = inventories["MEMORY_MB"] with { Used = memory };
        return host with { Provider = host.Provider with { Inventories = inventories } };
    }

    private static CloudInstance Asking(string spec, string value) =>
        Server() with { ExtraSpecs = new Dictionary<string, string> { [spec] = value } };
}
