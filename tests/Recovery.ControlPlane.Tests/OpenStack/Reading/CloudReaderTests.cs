using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Tests.OpenStack.Reading;

/// <summary>What a plan is told of a cloud: the databases of a Zed with three hosts, and three servers on the first.</summary>
public sealed class CloudReaderTests
{
    private static readonly Guid Volume = Guid.Parse("caa8c9ba-0a72-4108-83b2-1859432f1719");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hosts_are_as_nova_and_placement_have_them()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);

        var view = await ReadAsync(cloud.Options);

        Assert.Empty(view.Faults);
        Assert.Equal([new CellView("cell1", Guid.Parse("1b6e8bfd-1cd0-4029-8e38-1e7493c2de52"))], view.Cells);
        Assert.Equal(["node1", "node2", "node3"], view.Hosts.Select(each => each.Name));
        var host = view.Hosts[0];
        Assert.Equal(("node1", "cell1", "10.77.0.11", "nova"), (host.Node, host.Cell, host.Address, host.Zone));
        Assert.Equal((false, "", false, 0), (host.Disabled, host.DisabledReason, host.ForcedDown, host.OpenEvacuations));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 19, 29, 57, TimeSpan.Zero), host.LastSeenUp);
        Assert.Contains("COMPUTE_VOLUME_MULTI_ATTACH", host.Traits);
        Assert.DoesNotContain("COMPUTE_STATUS_DISABLED", host.Traits);
        Assert.Equal((3, Guid.Parse("ce33d28d-3c93-44f1-a6b7-baa0d5c67651")), (host.Provider!.Id, host.Provider.Uuid));
        Assert.Equal(
            [
                ("DISK_GB", new ProviderInventory(251, 0, 1, 251, 1, 1, 3)),
                ("MEMORY_MB", new ProviderInventory(8410, 512, 1, 8410, 1, 1.5, 288)),
                ("VCPU", new ProviderInventory(2, 0, 1, 2, 1, 16, 3)),
            ],
            host.Provider.Inventories.Select(each => (each.Key, each.Value)).OrderBy(each => each.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_instances_are_as_nova_placement_and_cinder_have_them()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);

        var view = await ReadAsync(cloud.Options);

        Assert.Equal(["vm-1", "vm-2", "vm-3"], view.Instances.Select(each => each.Name).Order());
        var instance = view.Instances.Single(each => each.Name == "vm-1");
        Assert.Equal((Guid.Parse("e6244565-8886-45fb-a560-1b04a895daba"), 16), (instance.Uuid, instance.Id));
        Assert.Equal(("node1", "node1", "cell1"), (instance.Host, instance.Node, instance.Cell));
        Assert.Equal(("active", null, 1), (instance.VmState, instance.TaskState, instance.PowerState));
        Assert.Equal((96, 1, 1, 0), (instance.MemoryMib, instance.Vcpus, instance.RootGib, instance.EphemeralGib));
        Assert.Equal(("e5956008-9092-4bc4-b2c7-cd5f438136d2", "", false), (instance.ImageRef, instance.RequestedZone, instance.ConfigDrive));
        Assert.Equal((false, false, false, false, false), (instance.HasNumaTopology, instance.HasPciRequests, instance.HasVpmems, instance.HasTrustedCerts, instance.BootsFromVolume));
        Assert.Equal(
            [new VolumeView(Volume, "vdb", new() { Kind = "nfs", Export = "10.77.0.1:/export", Name = $"volume-{Volume}" }, false, false) { SizeGib = 1 }],
            instance.Volumes);
        Assert.Equal(
            [new AllocationView(3, "DISK_GB", 1), new AllocationView(3, "MEMORY_MB", 96), new AllocationView(3, "VCPU", 1)],
            instance.Allocations.OrderBy(each => each.ResourceClass, StringComparer.Ordinal));
        Assert.Empty(instance.ExtraSpecs);
        Assert.Empty(instance.Groups);
        Assert.Empty(instance.SpecialVnicTypes);
        Assert.Empty(view.Instances.Single(each => each.Name == "vm-2").Volumes);
    }

    [Fact]
    public async Task What_binds_an_instance_is_read()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync(
            "nova",
            """
            UPDATE instance_extra e JOIN instances i ON i.uuid = e.instance_uuid SET
              e.numa_topology = '{"nova_object.name": "InstanceNUMATopology"}', e.pci_requests = '[{"count": 1}]', e.vpmems = '{"a": 1}', e.trusted_certs = '["b"]',
              e.flavor = JSON_SET(e.flavor, '$.cur."nova_object.data".extra_specs', JSON_OBJECT('trait:HW_CPU_X86_AVX2', 'required'))
            WHERE i.display_name = 'vm-1';
            INSERT INTO instance_system_metadata (instance_uuid, `key`, value, deleted) SELECT uuid, 'image_trait:CUSTOM_FAST', 'required', 0 FROM instances WHERE display_name = 'vm-1';
            INSERT INTO instance_system_metadata (instance_uuid, `key`, value, deleted) SELECT uuid, 'image_hw_tpm_version', '2.0', 0 FROM instances WHERE display_name = 'vm-1';
            UPDATE block_device_mapping SET boot_index = 0, connection_info = '{"driver_volume_type": "iscsi", "data": {"target_portal": "10.0.0.5:3260", "target_iqn": "iqn.a", "target_lun": 2, "auth_method": "CHAP", "auth_username": "u", "auth_password": "never-read"}}' WHERE destination_type = 'volume';
            """);
        await cloud.ExecuteAsync("cinder", "UPDATE volumes SET multiattach = 1, encryption_key_id = 'a-key'");
        await cloud.ExecuteAsync("neutron", "UPDATE ml2_port_bindings b JOIN ports p ON p.id = b.port_id SET b.vnic_type = 'direct' WHERE p.device_id LIKE 'e6244565-%'");
        await cloud.ExecuteAsync(
            "nova_api",
            """
            UPDATE request_specs SET spec = JSON_SET(spec, '$."nova_object.data".availability_zone', 'north') WHERE instance_uuid LIKE 'e6244565-%';
            INSERT INTO instance_groups (id, uuid, name) VALUES (5, '11111111-2222-3333-4444-555555555555', 'apart');
            INSERT INTO instance_group_policy (group_id, policy, rules) VALUES (5, 'anti-affinity', '{"max_server_per_host": "2"}');
            INSERT INTO instance_group_member (group_id, instance_uuid) SELECT 5, instance_uuid FROM instance_mappings WHERE instance_uuid LIKE 'e6244565-%';
            """);

        var instances = (await ReadAsync(cloud.Options)).Instances.ToDictionary(each => each.Name);

        var bound = instances["vm-1"];
        Assert.Equal((true, true, true, true, true), (bound.HasNumaTopology, bound.HasPciRequests, bound.HasVpmems, bound.HasTrustedCerts, bound.BootsFromVolume));
        Assert.Equal("required", Assert.Single(bound.ExtraSpecs, each => each.Key == "trait:HW_CPU_X86_AVX2").Value);
        Assert.Equal("required", Assert.Single(bound.ImageTraits, each => each.Key == "CUSTOM_FAST").Value);
        Assert.Equal("2.0", Assert.Single(bound.ImageProperties, each => each.Key == "hw_tpm_version").Value);
        Assert.Equal(
            [new VolumeView(Volume, "vdb", new() { Kind = "iscsi", Portal = "10.0.0.5:3260", TargetName = "iqn.a", Lun = 2, AsksChap = true, Username = "u" }, true, true) { SizeGib = 1 }],
            bound.Volumes);
        Assert.Equal("north", bound.RequestedZone);
        Assert.Equal([new ServerGroupView(Guid.Parse("11111111-2222-3333-4444-555555555555"), "apart", "anti-affinity", 2)], bound.Groups);
        Assert.Equal(["direct"], bound.SpecialVnicTypes);
        Assert.All([instances["vm-2"], instances["vm-3"]], free => Assert.False(free.HasNumaTopology || free.HasPciRequests || free.Groups.Count > 0 || free.RequestedZone.Length > 0));
    }

    [Fact]
    public async Task A_hosts_aggregates_say_its_zone()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync(
            "nova_api",
            """
            INSERT INTO aggregates (id, uuid, name) VALUES (1, UUID(), 'rack-a'), (2, UUID(), 'ssd');
            INSERT INTO aggregate_hosts (host, aggregate_id) VALUES ('node2', 1), ('node2', 2);
            INSERT INTO aggregate_metadata (aggregate_id, `key`, value) VALUES (1, 'availability_zone', 'north'), (1, 'disk', 'hdd'), (2, 'disk', 'ssd');
            """);

        var view = await ReadAsync(cloud.Options with { DefaultZone = "elsewhere" });

        Assert.Equal(["elsewhere", "north", "elsewhere"], view.Hosts.Select(each => each.Zone));
        Assert.Equal(["rack-a", "ssd"], view.Hosts[1].Aggregates.Order());
        Assert.Equal(["hdd", "ssd"], view.Hosts[1].AggregateMetadata["disk"].Order());
    }

    [Fact]
    public async Task Evacuations_that_still_arm_a_clean_up_are_counted_deleted_or_not()
    {
        await using var cloud = await CloudDatabases.StartAsync("after-evacuation", Cancellation);
        await cloud.ExecuteAsync("nova", "UPDATE migrations SET deleted = id WHERE id = 1; UPDATE migrations SET status = 'completed' WHERE id = 2");

        var view = await ReadAsync(cloud.Options);

        Assert.Equal([2, 0, 0], view.Hosts.Select(each => each.OpenEvacuations));
        Assert.Equal(["node2", "node3", "node2"], view.Instances.OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => each.Host));
    }

    private static Task<CloudView> ReadAsync(OpenStackOptions options) =>
        new CloudReader(new CloudConnections(options), TimeProvider.System).ReadAsync(Cancellation);
}
