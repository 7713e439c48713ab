using Recovery.Labs;

namespace Recovery.Benchmarks.Clouds;

/// <summary>
/// The databases of a cloud of two cells, filled by the server itself: every row is of about the size that Nova writes. Every
/// instance has a port, three allocations and twenty rows of system metadata; every second a volume, every tenth a group.
/// </summary>
internal static class LargeCloud
{
    private static readonly string[] Shared = ["nova_api", "placement", "cinder", "neutron"];

    public static async Task FillAsync(MariaDb server, int hosts, int instances, CancellationToken cancellationToken)
    {
        foreach (var (name, schema) in Shared.Select(each => (each, each)).Concat([("nova_1", "nova"), ("nova_2", "nova")]))
        {
            await server.QueryAsync("mysql", $"CREATE DATABASE {name} CHARACTER SET utf8mb3", cancellationToken);
            await server.QueryAsync(name, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Schema", $"{schema}.sql"), cancellationToken), cancellationToken);
        }

        // The first half of hosts and instances is in the first cell.
        for (var cell = 1; cell <= 2; cell++)
        {
            await server.QueryAsync(
                $"nova_{cell}",
                Cell(((cell - 1) * hosts / 2) + 1, cell * hosts / 2, ((cell - 1) * instances / 2) + 1, cell * instances / 2, hosts / 2),
                cancellationToken);
        }

        await server.QueryAsync("nova_api", NovaApi(server.Port, hosts, instances), cancellationToken);
        await server.QueryAsync("placement", Placement(hosts, instances), cancellationToken);
        await server.QueryAsync("cinder", Cinder(instances), cancellationToken);
        await server.QueryAsync("neutron", Neutron(instances), cancellationToken);
    }

    // The same number has the same id in every database.
    private static string Id(int kind, string number = "seq") => $"CONCAT('{kind:D8}-0000-4000-8000-', LPAD({number}, 12, '0'))";

    // Hosts of a cell take turns; seq counts the instances of all cells.
    private static string HostOf(int firstHost, int hosts) => $"CONCAT('host', {firstHost} + MOD(seq, {hosts}))";

    private static string Cell(int firstHost, int lastHost, int first, int last, int hosts) => $$"""
        INSERT INTO services (host, `binary`, report_count, disabled, deleted, forced_down, last_seen_up)
          SELECT CONCAT('host', seq), 'nova-compute', 1, 0, 0, 0, UTC_TIMESTAMP() FROM seq_{{firstHost}}_to_{{lastHost}};
        INSERT INTO compute_nodes (uuid, host, hypervisor_hostname, host_ip, deleted, vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, hypervisor_type, hypervisor_version, cpu_info)
          SELECT {{Id(1)}}, CONCAT('host', seq), CONCAT('host', seq), '10.0.0.1', 0, 64, 524288, 4000, 0, 0, 0, 'QEMU', 1, REPEAT('x', 1500) FROM seq_{{firstHost}}_to_{{lastHost}};
        INSERT INTO instances (uuid, display_name, host, node, vm_state, power_state, memory_mb, vcpus, root_gb, ephemeral_gb, image_ref, config_drive, deleted, hidden, user_id, project_id)
          SELECT {{Id(2)}}, CONCAT('vm-', seq), {{HostOf(firstHost, hosts)}}, {{HostOf(firstHost, hosts)}}, 'active', 1, 4096, 2, 20, 0, UUID(), '', 0, 0, UUID(), UUID() FROM seq_{{first}}_to_{{last}};
        INSERT INTO instance_extra (instance_uuid, deleted, pci_requests, flavor)
          SELECT {{Id(2)}}, 0, '[]', CONCAT('{"cur": {"nova_object.name": "Flavor", "nova_object.data": {"name": "m1", "extra_specs": ', IF(MOD(seq, 4) = 0, '{"hw:cpu_policy": "shared"}', '{}'), ', "description": "', REPEAT('x', 500), '"} }, "old": null, "new": null}') FROM seq_{{first}}_to_{{last}};
        INSERT INTO instance_system_metadata (instance_uuid, `key`, value, deleted)
          SELECT {{Id(2, "i.seq")}}, CONCAT('image_property_', k.seq), 'something', 0 FROM seq_{{first}}_to_{{last}} i, seq_1_to_20 k;
        INSERT INTO block_device_mapping (instance_uuid, device_name, deleted, source_type, destination_type, boot_index)
          SELECT {{Id(2)}}, '/dev/vda', 0, 'image', 'local', 0 FROM seq_{{first}}_to_{{last}};
        INSERT INTO block_device_mapping (instance_uuid, volume_id, device_name, deleted, source_type, destination_type, connection_info)
          SELECT {{Id(2)}}, {{Id(3)}}, '/dev/vdb', 0, 'volume', 'volume', CONCAT('{"driver_volume_type": "iscsi", "data": {"target_portal": "10.0.0.5:3260", "filler": "', REPEAT('x', 500), '"} }') FROM seq_{{first}}_to_{{last}} WHERE MOD(seq, 2) = 0;
        INSERT INTO migrations (uuid, instance_uuid, status, migration_type, source_compute, deleted)
          SELECT UUID(), {{Id(2)}}, 'completed', 'evacuation', 'host1', 0 FROM seq_{{first}}_to_{{last}} WHERE MOD(seq, 3) = 0;
        """;

    private static string NovaApi(int port, int hosts, int instances) => $$"""
        INSERT INTO cell_mappings (uuid, name, database_connection, disabled)
          SELECT {{Id(9)}}, CONCAT('cell', seq), CONCAT('mysql+pymysql://nova:lab@127.0.0.1:{{port}}/nova_', seq), 0 FROM seq_1_to_2;
        INSERT INTO aggregates (id, uuid, name) SELECT seq, UUID(), CONCAT('zone', seq) FROM seq_1_to_4;
        INSERT INTO aggregate_metadata (aggregate_id, `key`, value) SELECT seq, 'availability_zone', CONCAT('zone', seq) FROM seq_1_to_4;
        INSERT INTO aggregate_hosts (host, aggregate_id) SELECT CONCAT('host', seq), 1 + MOD(seq, 4) FROM seq_1_to_{{hosts}};
        INSERT INTO request_specs (instance_uuid, spec)
          SELECT {{Id(2)}}, CONCAT('{"nova_object.name": "RequestSpec", "nova_object.data": {"image": {"filler": "', REPEAT('x', 1500), '"}, "availability_zone": ', IF(MOD(seq, 5) = 0, '"zone1"', 'null'), ', "flavor": {"filler": "', REPEAT('x', 1500), '"} } }') FROM seq_1_to_{{instances}};
        INSERT INTO instance_groups (id, uuid, name) SELECT seq, {{Id(8)}}, CONCAT('group', seq) FROM seq_1_to_{{instances / 40}};
        INSERT INTO instance_group_policy (group_id, policy, rules) SELECT seq, 'anti-affinity', '{}' FROM seq_1_to_{{instances / 40}};
        INSERT INTO instance_group_member (group_id, instance_uuid) SELECT 1 + (seq DIV 40), {{Id(2)}} FROM seq_1_to_{{instances - 40}} WHERE MOD(seq, 10) = 0;
        """;

    private static string Placement(int hosts, int instances) => $$"""
        SET SQL_MODE = 'NO_AUTO_VALUE_ON_ZERO';
        INSERT INTO resource_classes (id, name) VALUES (0, 'VCPU'), (1, 'MEMORY_MB'), (2, 'DISK_GB');
        INSERT INTO traits (id, name) SELECT seq, CONCAT('HW_CPU_X86_FEATURE_', seq) FROM seq_1_to_300;
        INSERT INTO resource_providers (id, uuid, name, generation) SELECT seq, {{Id(1)}}, CONCAT('host', seq), 1 FROM seq_1_to_{{hosts}};
        INSERT INTO resource_provider_traits (trait_id, resource_provider_id) SELECT t.seq, p.seq FROM seq_1_to_60 t, seq_1_to_{{hosts}} p;
        INSERT INTO inventories (resource_provider_id, resource_class_id, total, reserved, min_unit, max_unit, step_size, allocation_ratio)
          SELECT p.seq, c.seq, 100000, 0, 1, 100000, 1, 1.5 FROM seq_1_to_{{hosts}} p, seq_0_to_2 c;
        INSERT INTO consumers (uuid, project_id, user_id, generation) SELECT {{Id(2)}}, 1, 1, 1 FROM seq_1_to_{{instances}};
        INSERT INTO allocations (resource_provider_id, consumer_id, resource_class_id, used)
          SELECT 1 + MOD(i.seq, {{hosts}}), {{Id(2, "i.seq")}}, c.seq, 2 FROM seq_1_to_{{instances}} i, seq_0_to_2 c;
        """;

    private static string Cinder(int instances) => $"""
        INSERT INTO volumes (id, size, status, attach_status, deleted, volume_type_id, multiattach)
          SELECT {Id(3)}, 20, 'in-use', 'attached', 0, 'a-type', MOD(seq, 100) = 0 FROM seq_1_to_{instances} WHERE MOD(seq, 2) = 0;
        """;

    private static string Neutron(int instances) => $$"""
        INSERT INTO standardattributes (id, resource_type, revision_number) SELECT seq, 'ports', 3 FROM seq_1_to_{{instances}};
        INSERT INTO ports (id, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id)
          SELECT {{Id(4)}}, 'a-network', HEX(seq), 1, 'ACTIVE', {{Id(2)}}, 'compute:nova', seq FROM seq_1_to_{{instances}};
        INSERT INTO ml2_port_bindings (port_id, host, vif_type, vnic_type) SELECT {{Id(4)}}, 'host1', 'ovs', IF(MOD(seq, 100) = 0, 'direct', 'normal') FROM seq_1_to_{{instances}};
        """;
}
