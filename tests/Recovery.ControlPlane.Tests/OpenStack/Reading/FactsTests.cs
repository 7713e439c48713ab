using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Tests.OpenStack.Reading;

/// <summary>What steps are told of an instance and of the host that it goes to.</summary>
public sealed class FactsTests
{
    private static readonly Guid Instance = Guid.Parse("e6244565-8886-45fb-a560-1b04a895daba");

    private static readonly Guid Volume = Guid.Parse("caa8c9ba-0a72-4108-83b2-1859432f1719");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_an_instance_every_row_is_read()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);

        var facts = await FactsAsync(cloud.Options);

        Assert.Equal("cell1", facts.Cell);
        Assert.Equal((16, Instance, "vm-1", "node1", "node1"), (facts.Instance.Id, facts.Instance.Uuid, facts.Instance.DisplayName, facts.Instance.Host, facts.Instance.Node));
        Assert.Equal(("active", null, 1, "nova"), (facts.Instance.VmState, facts.Instance.TaskState, facts.Instance.PowerState, facts.Instance.AvailabilityZone));
        Assert.Equal((false, null), (facts.Instance.HasComputeId, facts.Instance.ComputeId));
        Assert.Equal(new DateTime(2026, 11, 22, 19, 28, 51, DateTimeKind.Utc), facts.Instance.LaunchedAt);
        Assert.Equal(DateTimeKind.Utc, facts.Instance.LaunchedAt!.Value.Kind);
        Assert.Equal("console=ttyS0 panic=1 quiet", facts.SystemMetadata["image_os_command_line"]);
        Assert.Equal("lab.tiny", (string?)facts.Flavor!["name"]);
        Assert.Equal("761e7e6a-965c-4777-b205-577983785168", (string?)Assert.Single(facts.NetworkInfo)!["id"]);
        Assert.Equal([("/dev/vda", "local"), ("/dev/vdb", "volume")], facts.BlockDevices.Select(each => (each.DeviceName!, each.DestinationType!)));
        Assert.Equal("nfs", (string?)facts.BlockDevices[1].ConnectionInfo!["driver_volume_type"]);
        Assert.Equal((7, "node1", false), (facts.SourceService!.Id, facts.SourceService.Host, facts.SourceService.ForcedDown));
        Assert.Empty(facts.Evacuations);
    }

    [Fact]
    public async Task Of_an_instance_what_placement_cinder_and_neutron_have_is_read()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);

        var facts = await FactsAsync(cloud.Options);

        Assert.Equal(new ConsumerRecord(1, Instance, 1, 1, 1), facts.Consumer);
        Assert.Equal(3, facts.Allocations.Count);
        Assert.Equal(new AllocationRecord(2, 3, Guid.Parse("ce33d28d-3c93-44f1-a6b7-baa0d5c67651"), 5, 1, "MEMORY_MB", 96), facts.Allocations[1]);
        var attachment = Assert.Single(facts.Attachments);
        Assert.Equal((Volume, "node1", Instance, "attached"), (attachment.VolumeId, attachment.AttachedHost, attachment.InstanceUuid!.Value, attachment.AttachStatus));
        Assert.Equal(attachment.Id, facts.BlockDevices[1].AttachmentId);
        Assert.Equal((Volume, "vol-1", "in-use", "10.77.0.1:/export"), Assert.Single(facts.Volumes) is var volume ? (volume.Id, volume.Name, volume.Status, volume.ProviderLocation) : default);
        var port = Assert.Single(facts.Ports);
        Assert.Equal(("fa:16:3e:34:8c:53", "compute:nova", 9L, 3L), (port.MacAddress, port.DeviceOwner, port.StandardAttributeId, port.RevisionNumber));
        Assert.Equal([new PortBinding("node1", "bridge", "normal", "", """{"port_filter": false}""", "ACTIVE")], port.Bindings);
        Assert.Equal([new PortBindingLevel("node1", 0, "labbridge", "0af23136-28a4-42de-ad66-a3c1afd81f67")], port.Levels);
    }

    [Fact]
    public async Task After_an_evacuation_the_row_that_arms_the_clean_up_is_read()
    {
        await using var cloud = await CloudDatabases.StartAsync("after-evacuation", Cancellation);

        var facts = await FactsAsync(cloud.Options);

        Assert.Equal("node2", facts.Instance.Host);
        Assert.Equal(
            [new EvacuationRecord(1, Guid.Parse("63dd54dc-1dab-40ef-a7cc-5210ae2818c4"), "done", "node1", "node1", "node2", false)],
            facts.Evacuations);
        Assert.Equal([1, 1, 1, 3, 3, 3], facts.Allocations.Select(each => each.ProviderId).Order());
    }

    [Fact]
    public async Task A_newer_schema_has_the_compute_nodes_id()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync(
            "nova",
            "ALTER TABLE instances ADD COLUMN compute_id bigint; ALTER TABLE migrations ADD COLUMN dest_compute_id bigint; UPDATE instances SET compute_id = 3");

        var facts = await FactsAsync(cloud.Options);
        var target = await TargetAsync(cloud.Options, "node2");

        Assert.Equal((true, 3), (facts.Instance.HasComputeId, facts.Instance.ComputeId));
        Assert.True(target!.HasDestComputeId);
        Assert.Equal(3, (await new CloudReader(new CloudConnections(cloud.Options), TimeProvider.System).ReadAsync(Cancellation)).Instances.Count);
    }

    [Fact]
    public async Task What_is_deleted_or_unknown_is_missing()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync("nova", "UPDATE instances SET deleted = id WHERE display_name = 'vm-1'");

        Assert.Empty(await new InstanceFactsReader(new CloudConnections(cloud.Options)).ReadAsync([Instance, Guid.NewGuid()], Cancellation));
        Assert.Null(await TargetAsync(cloud.Options, "node9"));
    }

    [Fact]
    public async Task Of_a_target_node_provider_zone_and_agents_are_read()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync(
            "neutron",
            """
            INSERT INTO agents (id, agent_type, `binary`, topic, host, created_at, started_at, heartbeat_timestamp, configurations) VALUES
              (UUID(), 'DHCP agent', 'dhcp', 'dhcp', 'node2', NOW(), NOW(), '2020-01-01', '{}'),
              (UUID(), 'Open vSwitch agent', 'ovs', 'ovs', 'node2', NOW(), NOW(), UTC_TIMESTAMP(), '{"bridge_mappings": {}}')
            """);

        var target = await TargetAsync(cloud.Options, "node2");

        Assert.NotNull(target);
        Assert.Equal(("node2", "node2", "cell1", 1, "10.77.0.12", "nova"), (target.Host, target.Node, target.Cell, target.ComputeNodeId, target.Address, target.Zone));
        Assert.Equal((1, Guid.Parse("e85deaf3-48ff-4625-b39e-a983f6f9221a"), 2), (target.ProviderId, target.ProviderUuid, target.ProviderGeneration));
        Assert.Equal([new NetworkAgent("DHCP agent", false, "{}"), new NetworkAgent("Open vSwitch agent", true, """{"bridge_mappings": {}}""")], target.Agents);
        Assert.False(target.HasDestComputeId);
        Assert.Equal("iqn.2026-11.lab:node2", target.InitiatorName);
    }

    private static async Task<InstanceFacts> FactsAsync(OpenStackOptions options) =>
        (await new InstanceFactsReader(new CloudConnections(options)).ReadAsync([Instance], Cancellation))[Instance];

    private static Task<TargetFacts?> TargetAsync(OpenStackOptions options, string host) =>
        new TargetFactsReader(new CloudConnections(options), new ToldInitiators(), TimeProvider.System).ReadTargetAsync(host, Cancellation);

    private sealed class ToldInitiators : IInitiatorNames
    {
        public Task<string> OfAsync(string host, CancellationToken cancellationToken) => Task.FromResult($"iqn.2026-11.lab:{host}");
    }
}
