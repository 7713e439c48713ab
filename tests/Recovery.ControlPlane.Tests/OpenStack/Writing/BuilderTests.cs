using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>What builders make of facts, without a database.</summary>
public sealed class BuilderTests
{
    private static readonly Guid Uuid = new("e6244565-8886-45fb-a560-1b04a895daba");
    private static readonly EvacuationMark Mark = new(WritableCloud.Recovery, Uuid, 1);
    private static readonly TargetFacts Target = new("node2", "node2.example", "cell1", 12, "10.0.0.2", "az2", 2, Guid.NewGuid(), 4, []);

    private static InstanceFacts Facts { get; } = new()
    {
        Cell = "cell1",
        SystemMetadata = new Dictionary<string, string>(),
        Instance = new InstanceRecord
        {
            Id = 16,
            Uuid = Uuid,
            DisplayName = "vm-1",
            Host = "node1",
            Node = "node1.example",
            VmState = "active",
            MemoryMib = 96,
            Vcpus = 1,
        },
        Consumer = new ConsumerRecord(1, Uuid, 1, 1, 1),
        Allocations = [new(1, 1, Guid.NewGuid(), 3, 0, "VCPU", 1), new(2, 1, Guid.NewGuid(), 3, 1, "MEMORY_MB", 96)],
    };

    [Fact]
    public void Allocations_on_several_providers_are_left_to_nova()
    {
        var facts = Facts with { Allocations = [.. Facts.Allocations, new(3, 9, Guid.NewGuid(), 1, 7, "VGPU", 1)] };

        var built = AllocationMove.Of(facts, Target, WritableCloud.Now);

        Assert.Null(built.Transaction);
        Assert.Equal("vm-1 has allocations on several resource providers, which only the scheduler can place. Hand it over to Nova's own evacuate.", built.Refusal);
    }

    [Fact]
    public void Without_allocations_there_is_nothing_to_move() =>
        Assert.Contains("has no allocations in Placement", AllocationMove.Of(Facts with { Allocations = [] }, Target, WritableCloud.Now).Refusal, StringComparison.Ordinal);

    [Theory]
    [InlineData("rescued")]
    [InlineData("error")]
    [InlineData(null)]
    public void Only_states_that_can_be_told_truly_are_committed(string? state) =>
        Assert.Null(EvacuationCommit.Of(
            Facts with { Instance = Facts.Instance with { VmState = state } }, Target, Mark, EvacuationPath.Direct, WritableCloud.Now).Transaction);

    [Fact]
    public void Later_releases_are_told_the_compute_nodes_id()
    {
        var facts = Facts with { Instance = Facts.Instance with { HasComputeId = true } };

        var changes = EvacuationCommit.Of(facts, Target with { HasDestComputeId = true }, Mark, EvacuationPath.Direct, WritableCloud.Now).Transaction!.Changes;

        Assert.Equal(12, changes.Single(change => change.Table == "instances").Values["compute_id"]);
        Assert.Equal(12, changes.Single(change => change.Table == "migrations").Values["dest_compute_id"]);
    }

    [Fact]
    public void Another_attempt_writes_rows_of_its_own() =>
        Assert.NotEqual(Mark.Migration, (Mark with { Attempt = 2 }).Migration);

    [Fact]
    public void An_ovs_port_gets_what_its_agent_on_the_target_says()
    {
        var port = new PortRecord
        {
            Id = Guid.NewGuid(),
            NetworkId = Guid.NewGuid(),
            MacAddress = "fa:16:3e:00:00:01",
            DeviceOwner = "compute:az1",
            StandardAttributeId = 9,
            RevisionNumber = 3,
            Bindings = [new("node1", "ovs", "normal", """{"migrating_to": "node3", "x": 1}""", """{"port_filter": true, "ovs_hybrid_plug": true, "bridge_name": "br-int"}""", "ACTIVE")],
        };
        var target = Target with { Agents = [new("Open vSwitch agent", true, """{"ovs_hybrid_plug": false, "integration_bridge": "br-x"}""")] };

        var transaction = PortRows.Of(Facts with { Ports = [port] }, target, WritableCloud.Now)!;

        var binding = transaction.Changes.Single(change => change.Table == "ml2_port_bindings").Values;
        Assert.Equal("""{"port_filter":true,"ovs_hybrid_plug":false,"bridge_name":"br-x"}""", binding["vif_details"]);
        Assert.Equal("""{"x":1}""", binding["profile"]);
        Assert.Equal("compute:az2", transaction.Changes.Single(change => change.Table == "ports").Values["device_owner"]);
    }

    [Fact]
    public void Changes_are_told_in_words()
    {
        ForeignTransaction[] transactions =
        [
            EvacuationStart.Of(Facts with { SourceService = new(7, "node1", false, null, false, null) }, Target, Mark, WritableCloud.Now),
            AllocationMove.Of(Facts, Target, WritableCloud.Now).Transaction!,
            EvacuationCommit.Of(Facts, Target, Mark, EvacuationPath.Direct, WritableCloud.Now).Transaction!,
            SourceReturn.Of(new(7, "node1", true, EvacuationStart.Reason(Mark.Recovery), true, null), "cell1", WritableCloud.Now).Transaction!,
        ];

        Golden.Check("words", string.Concat(transactions.SelectMany(ForeignWords.Of).Select(sentence => $"{sentence}\n")));
    }
}
