using System.Globalization;
using System.Text.Json.Nodes;
using MySqlConnector;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.ControlPlane.Tests.House;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>A cloud that a test writes into: facts as its rows are now, and a writer.</summary>
internal sealed class WritableCloud : IAsyncDisposable, IForeignConnections
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Recovery = new("11111111-2222-4333-8444-555555555555");

    private WritableCloud(CloudDatabases databases) => Databases = databases;

    public CloudDatabases Databases { get; }

    public ForeignWriter Writer => new(this, TimeProvider.System);

    /// <summary>In place of the writer's, without a database's name.</summary>
    public string? ConnectionString { get; set; }

    public static async Task<WritableCloud> StartAsync(string moment = "before") =>
        new(await CloudDatabases.StartAsync(moment, TestContext.Current.CancellationToken));

    public Task<DatabaseAddress> WriterAsync(ForeignDatabase database, string cell, CancellationToken cancellationToken) =>
        Task.FromResult(new DatabaseAddress(new MySqlConnectionStringBuilder(ConnectionString ?? Databases.WriterConnectionString)
        {
            Database = database.ToString().ToLowerInvariant(),
        }));

    public Task<ForeignOutcome> ApplyAsync(ForeignTransaction transaction) =>
        Writer.ApplyAsync(transaction, TestContext.Current.CancellationToken);

    public async Task WriteAsync(params ForeignTransaction?[] transactions)
    {
        foreach (var transaction in transactions)
        {
            Assert.Equal(ForeignOutcome.Success, await ApplyAsync(Assert.IsType<ForeignTransaction>(transaction)));
        }
    }

    public Task ExecuteAsync(string database, string sql) => Databases.ExecuteAsync(database, sql);

    public async Task<string> TellAsync(string database, string sql) =>
        string.Join('\n', (await Databases.QueryAsync(database, sql)).Select(row => string.Join(' ', row.Values.Select(CloudRows.Text))));

    public async Task<TargetFacts> TargetAsync(string host)
    {
        var node = Assert.Single(await Databases.QueryAsync("nova", $"SELECT * FROM compute_nodes WHERE host = '{host}' AND deleted = 0"));
        var provider = Assert.Single(await Databases.QueryAsync("placement", $"SELECT * FROM resource_providers WHERE uuid = '{node["uuid"]}'"));
        return new TargetFacts(
            host, (string)node["hypervisor_hostname"]!, "cell1", Int(node["id"]), (string)node["host_ip"]!, "nova",
            Int(provider["id"]), Uuid(provider["uuid"]), Int(provider["generation"]), []);
    }

    public async Task<ComputeService> ServiceAsync(string host)
    {
        var row = Assert.Single(await Databases.QueryAsync("nova", $"SELECT * FROM services WHERE host = '{host}' AND `binary` = 'nova-compute' AND deleted = 0"));
        return new ComputeService(Int(row["id"]), host, Bool(row["disabled"]), (string?)row["disabled_reason"], Bool(row["forced_down"]), null);
    }

    public async Task<InstanceFacts> FactsAsync(string name)
    {
        var row = Assert.Single(await Databases.QueryAsync("nova", $"SELECT * FROM instances WHERE display_name = '{name}' AND deleted = 0"));
        var uuid = (string)row["uuid"]!;
        var consumer = await Databases.QueryAsync("placement", $"SELECT * FROM consumers WHERE uuid = '{uuid}'");
        return new InstanceFacts
        {
            Cell = "cell1",
            Instance = new InstanceRecord
            {
                Id = Int(row["id"]),
                Uuid = new Guid(uuid),
                DisplayName = name,
                Host = (string?)row["host"],
                Node = (string?)row["node"],
                TaskState = (string?)row["task_state"],
                VmState = (string?)row["vm_state"],
                PowerState = Int(row["power_state"]),
                AvailabilityZone = (string?)row["availability_zone"],
                UserId = (string?)row["user_id"],
                ProjectId = (string?)row["project_id"],
                MemoryMib = Int(row["memory_mb"]),
                Vcpus = Int(row["vcpus"]),
            },
            SystemMetadata = new Dictionary<string, string>(),
            SourceService = await ServiceAsync((string)row["host"]!),
            Consumer = consumer.Count == 0 ? null : new ConsumerRecord(
                Int(consumer[0]["id"]), Uuid(uuid), Int(consumer[0]["generation"]), Int(consumer[0]["project_id"]), Int(consumer[0]["user_id"])),
            Allocations = [.. (await Databases.QueryAsync(
                "placement",
                $"SELECT a.*, p.uuid, p.generation FROM allocations a JOIN resource_providers p ON p.id = a.resource_provider_id WHERE consumer_id = '{uuid}' ORDER BY a.id"))
                .Select(each => new AllocationRecord(
                    Int(each["id"]), Int(each["resource_provider_id"]), Uuid(each["uuid"]), Int(each["generation"]), Int(each["resource_class_id"]), "", Int(each["used"])))],
            Evacuations = [.. (await Databases.QueryAsync(
                "nova",
                $"SELECT * FROM migrations WHERE instance_uuid = '{uuid}' AND migration_type = 'evacuation' AND status IN ('accepted', 'pre-migrating', 'done')"))
                .Select(each => new EvacuationRecord(
                    Int(each["id"]), Uuid(each["uuid"]), (string)each["status"]!, (string?)each["source_compute"], (string?)each["source_node"],
                    (string?)each["dest_compute"], Int(each["deleted"]) != 0))],
            BlockDevices = [.. (await Databases.QueryAsync("nova", $"SELECT * FROM block_device_mapping WHERE instance_uuid = '{uuid}' AND deleted = 0 ORDER BY id"))
                .Select(each => new BlockDevice
                {
                    Id = Int(each["id"]),
                    VolumeId = each["volume_id"] is null ? null : Uuid(each["volume_id"]),
                    AttachmentId = each["attachment_id"] is null ? null : Uuid(each["attachment_id"]),
                    ConnectionInfo = each["connection_info"] is string text ? JsonNode.Parse(text) as JsonObject : null,
                })],
            Attachments = [.. (await Databases.QueryAsync("cinder", $"SELECT * FROM volume_attachment WHERE instance_uuid = '{uuid}' AND deleted = 0"))
                .Select(each => new VolumeAttachment(
                    Uuid(each["id"]), Uuid(each["volume_id"]), (string?)each["attached_host"], new Guid(uuid), (string?)each["mountpoint"],
                    (string?)each["attach_status"], (string?)each["attach_mode"], (string?)each["connection_info"], (string?)each["connector"]))],
            Ports = await PortsAsync(uuid),
        };
    }

    public ValueTask DisposeAsync() => Databases.DisposeAsync();

    private async Task<IReadOnlyList<PortRecord>> PortsAsync(string uuid)
    {
        List<PortRecord> ports = [];
        foreach (var row in await Databases.QueryAsync(
            "neutron", $"SELECT p.*, s.revision_number FROM ports p JOIN standardattributes s ON s.id = p.standard_attr_id WHERE device_id = '{uuid}'"))
        {
            ports.Add(new PortRecord
            {
                Id = Uuid(row["id"]),
                NetworkId = Uuid(row["network_id"]),
                MacAddress = (string)row["mac_address"]!,
                DeviceOwner = (string)row["device_owner"]!,
                StandardAttributeId = Int(row["standard_attr_id"]),
                RevisionNumber = Int(row["revision_number"]),
                Bindings = [.. (await Databases.QueryAsync("neutron", $"SELECT * FROM ml2_port_bindings WHERE port_id = '{row["id"]}'"))
                    .Select(each => new PortBinding(
                        (string)each["host"]!, (string)each["vif_type"]!, (string)each["vnic_type"]!, (string)each["profile"]!, (string)each["vif_details"]!, (string)each["status"]!))],
                Levels = [.. (await Databases.QueryAsync("neutron", $"SELECT * FROM ml2_port_binding_levels WHERE port_id = '{row["id"]}'"))
                    .Select(each => new PortBindingLevel((string)each["host"]!, Int(each["level"]), (string?)each["driver"], (string?)each["segment_id"]))],
            });
        }

        return ports;
    }

    private static int Int(object? value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static bool Bool(object? value) => value is not null && Int(value) != 0;

    // char(36) may come as Guid.
    private static Guid Uuid(object? value) => value is Guid guid ? guid : new Guid((string)value!);
}

/// <summary>Text that a test expects, in a file beside it.</summary>
internal static class Golden
{
    /// <summary>RECOVERY_REWRITE_GOLDEN=1 writes the files anew; read their changes before they are kept.</summary>
    public static void Check(string name, string actual)
    {
        var path = Path.Combine(Checkout.Root, "tests", "Recovery.ControlPlane.Tests", "OpenStack", "Writing", "Golden", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("RECOVERY_REWRITE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
