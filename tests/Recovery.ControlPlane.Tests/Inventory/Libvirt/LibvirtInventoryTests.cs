using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Inventory.Libvirt;

public class LibvirtInventoryTests : IDisposable
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private readonly TemporaryDatabase database = new();
    private readonly LivenessBoard liveness = new(TimeProvider.System);
    private readonly LibvirtInventory inventory;

    public LibvirtInventoryTests() => inventory = new LibvirtInventory(
        database,
        new ReportedClusterReader(database, liveness),
        new BelongingBook(database, new InventoryChanges(), TimeProvider.System),
        TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Given_an_instance_on_two_hosts_when_a_snapshot_is_taken_then_it_is_there_once_as_its_own_host_has_it()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await database.AddAsync(
            Some.Domain("node1", Web), Some.Domain("node2", Web, DomainState.ShutOff), Some.Instance(Web, "node1"));
        liveness.Heard("node1", "");

        var snapshot = await inventory.SnapshotAsync(null, Cancel);

        var instance = Assert.Single(snapshot.Instances);
        Assert.Equal(("node1", DomainState.Running, PowerIntent.Run), (instance.Host, instance.State, instance.Intent));
        Assert.Equal("web.qcow2", Assert.Single(instance.Disks).File!.PathInStorage);
        Assert.Equal(HostLiveness.Up, snapshot.FindHost("node1")!.Liveness);
        Assert.Equal(HostLiveness.Silent, snapshot.FindHost("node2")!.Liveness);
        Assert.Contains(Web, snapshot.FindHost("node2")!.Domains);
        Assert.Contains("nfs-1", snapshot.FindHost("node2")!.Storages);
    }

    [Fact]
    public async Task Given_what_hosts_told_and_answered_when_a_snapshot_is_taken_then_the_planner_sees_all_of_it()
    {
        var host = Some.Host("node1");
        host.CpuModel = "EPYC";
        host.Abilities = new ReportedAbilities
        {
            DomainTypes = ["kvm"],
            MachineTypes = ["q35"],
            Bridges = ["br0"],
            Networks = ["default"],
            NumaCells = [new NumaCell(0, 4096, 4, new Dictionary<int, long> { [2048] = 7 })],
        };
        host.Survey = new SurveyAnswers
        {
            At = Some.Moment,
            Cpus = new Dictionary<string, CpuFit> { ["abc"] = new(false, "no avx") },
            Backends = new Dictionary<string, BackendReach> { ["iscsi 10.0.0.5:3260"] = new(false, "refused") },
            Firmware = new Dictionary<string, bool> { ["/usr/ovmf"] = true },
        };
        var domain = Some.Domain("node1", Web);
        domain.CpuXml = "<cpu mode='host-passthrough'/>";
        domain.Requirements = new HostRequirements { DomainType = "kvm", Bridges = ["br0"], Devices = new Dictionary<string, int> { ["pci 1:2"] = 1 } };
        domain.Policy = new InstancePolicy { Priority = 90, Groups = [new InstanceGroup("db", GroupRule.AntiAffinity, 2)] };
        await database.AddAsync(host, Some.Host("node2"), domain, Some.Instance(Web, "node1"));

        var snapshot = await inventory.SnapshotAsync(null, Cancel);

        var abilities = snapshot.FindHost("node1")!.Abilities;
        Assert.Equal(["kvm"], abilities.DomainTypes!);
        Assert.Equal(("q35", "br0", "default"), (abilities.MachineTypes!.Single(), abilities.Bridges!.Single(), abilities.Networks!.Single()));
        Assert.Equal(7, Assert.Single(abilities.NumaCells!).FreePages[2048]);
        Assert.Equal(new CpuFit(false, "no avx"), abilities.Cpus["abc"]);
        Assert.True(abilities.Firmware["/usr/ovmf"]);
        Assert.False(snapshot.FindHost("node1")!.Backends["iscsi 10.0.0.5:3260"]);
        var instance = Assert.Single(snapshot.Instances);
        Assert.Equal(new CpuQuestion("<cpu mode='host-passthrough'/>", "kvm", "", "", "EPYC").Id, instance.Requirements.Cpu);
        Assert.Equal((90, 2, 1), (instance.Policy.Priority, instance.Policy.Groups[0].MaximumPerHost, instance.Requirements.Devices["pci 1:2"]));

        // What was never told is unknown, and not "none".
        var silent = snapshot.FindHost("node2")!;
        Assert.Equal((null, null, null, null, null), (silent.Abilities.DomainTypes, silent.Abilities.MachineTypes, silent.Abilities.Bridges, silent.Abilities.Networks, silent.Abilities.NumaCells));
        Assert.Empty(silent.Backends);
    }

    [Fact]
    public async Task Given_an_instance_that_was_committed_before_its_target_reported_it_then_its_owners_wishes_went_with_it()
    {
        var domain = Some.Domain("node1", Web);
        (domain.Policy, domain.CpuXml, domain.PolicyFaults) = (new InstancePolicy { OptOut = true }, "<cpu mode='host-model'/>", ["a slip"]);
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), domain, Some.Instance(Web, "node1"));

        Assert.True(await inventory.CommitAsync(Web, "node1", "node2", PowerIntent.Run, Cancel));

        var instance = Assert.Single((await inventory.SnapshotAsync(null, Cancel)).Instances);
        Assert.Equal(("node2", true), (instance.Host, instance.Policy.OptOut));
        Assert.NotEqual("", instance.Requirements.Cpu);
    }

    [Theory]
    [InlineData(DomainState.Crashed, PowerIntent.Run)]
    [InlineData(DomainState.Running, PowerIntent.Run)]
    [InlineData(DomainState.Paused, PowerIntent.Pause)]
    [InlineData(DomainState.ShutOff, PowerIntent.StayOff)]
    public async Task Given_the_last_state_that_a_host_reported_when_it_is_dead_then_that_decides_what_the_guest_shall_do(
        DomainState last, PowerIntent intent)
    {
        await database.AddAsync(Some.Host("node1"), Some.Domain("node1", Web, last), Some.Instance(Web, "node1"));

        var snapshot = await inventory.SnapshotAsync(null, Cancel);

        Assert.Equal(intent, Assert.Single(snapshot.Instances).Intent);
    }

    [Theory]
    [InlineData(RecoveryState.Recovering, InstanceState.Waiting, PowerIntent.Run, "node2", true)]
    [InlineData(RecoveryState.AwaitingProof, InstanceState.Waiting, PowerIntent.Pause, "node2", true)]
    [InlineData(RecoveryState.Recovering, InstanceState.Recovering, PowerIntent.Run, "node2", true)]
    [InlineData(RecoveryState.Recovering, InstanceState.PuttingBack, PowerIntent.Run, "node2", false)]
    [InlineData(RecoveryState.Recovering, InstanceState.Recovered, PowerIntent.Run, "node2", false)]
    [InlineData(RecoveryState.Recovering, InstanceState.Waiting, PowerIntent.StayOff, "node2", false)]
    [InlineData(RecoveryState.Recovering, InstanceState.Waiting, PowerIntent.Run, null, false)]
    [InlineData(RecoveryState.Cancelled, InstanceState.Waiting, PowerIntent.Run, "node2", false)]
    public async Task Given_another_recovery_when_a_snapshot_is_taken_then_what_it_has_promised_is_reserved(
        RecoveryState state, InstanceState instance, PowerIntent intent, string? target, bool reserved)
    {
        var (recovery, held) = Some.Recovery(Web, "node1", target, state, instance, intent);
        await database.AddAsync(recovery, held);

        var seenByOthers = await inventory.SnapshotAsync(null, Cancel);
        var seenByItself = await inventory.SnapshotAsync(recovery.Id, Cancel);

        Assert.Equal(
            reserved ? [new Reservation("node2", Web, 512, 1)] : Array.Empty<Reservation>(), seenByOthers.Reservations);
        Assert.Empty(seenByItself.Reservations);
    }

    [Fact]
    public async Task Given_a_dead_host_when_definitions_are_asked_for_then_they_are_its_own_with_its_storages_and_their_age()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Domain("node2", Web), Some.Instance(Web, "node1"));

        var definitions = await inventory.DefinitionsAsync([Web, Guid.NewGuid()], Cancel);

        var kept = Assert.Single(definitions).Value;
        Assert.Contains("as node1 has it", kept.Definition, StringComparison.Ordinal);
        Assert.Equal("/srv/node1", Assert.Single(kept.SourceStorages).Path);
        Assert.Equal(Some.Moment, kept.ReportedAt);
    }

    [Fact]
    public async Task Given_a_recovered_guest_when_it_is_committed_twice_then_it_belongs_to_the_target_and_both_say_yes()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Domain("node2", Web), Some.Instance(Web, "node1"));

        Assert.True(await inventory.CommitAsync(Web, "node1", "node2", PowerIntent.Run, Cancel));
        Assert.True(await inventory.CommitAsync(Web, "node1", "node2", PowerIntent.Run, Cancel));

        Assert.Equal("node2", Assert.Single((await inventory.SnapshotAsync(null, Cancel)).Instances).Host);
    }

    [Fact]
    public async Task Given_an_instance_that_moved_meanwhile_when_it_is_committed_then_nothing_changes_and_it_says_no()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), Some.Host("node3"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Domain("node3", Web), Some.Instance(Web, "node3"));

        Assert.False(await inventory.CommitAsync(Web, "node1", "node2", PowerIntent.Run, Cancel));

        Assert.Equal("node3", Assert.Single((await inventory.SnapshotAsync(null, Cancel)).Instances).Host);
        Assert.Equal(2, await database.ReadAsync(each => each.Domains.CountAsync(Cancel)));
    }

    [Theory]
    [InlineData(PowerIntent.Run, null, DomainState.Running)]
    [InlineData(PowerIntent.Pause, null, DomainState.Paused)]
    [InlineData(PowerIntent.StayOff, null, DomainState.ShutOff)]
    [InlineData(PowerIntent.Run, DomainState.ShutOff, DomainState.Running)] // heard between define and start
    [InlineData(PowerIntent.Run, DomainState.Running, DomainState.Running)]
    [InlineData(PowerIntent.Run, DomainState.Crashed, DomainState.Crashed)]
    [InlineData(PowerIntent.StayOff, DomainState.ShutOff, DomainState.ShutOff)]
    public async Task Given_a_target_that_dies_right_after_the_commit_when_it_is_recovered_then_the_guest_has_a_definition_and_the_right_intent(
        PowerIntent intent, DomainState? heard, DomainState kept)
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Instance(Web, "node1"));
        if (heard is { } state)
        {
            await database.AddAsync(Some.Domain("node2", Web, state));
        }

        Assert.True(await inventory.CommitAsync(Web, "node1", "node2", intent, Cancel));

        var instance = Assert.Single((await inventory.SnapshotAsync(null, Cancel)).Instances);
        Assert.Equal(("node2", kept), (instance.Host, instance.State));
        Assert.NotEmpty((await inventory.DefinitionsAsync([Web], Cancel))[Web].Definition);
    }
}
