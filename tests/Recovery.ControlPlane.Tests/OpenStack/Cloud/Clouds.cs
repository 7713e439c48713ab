using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Tests.OpenStack.Cloud;

/// <summary>Small clouds, of what a test is about.</summary>
internal static class Clouds
{
    public static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    public static CloudView CloudOf(IReadOnlyList<CloudHost> hosts, params CloudInstance[] instances) =>
        new(DateTimeOffset.UnixEpoch, [new("cell1", Guid.Empty)], hosts, instances, []);

    public static CloudHost Host(string name, string cell = "cell1") => new()
    {
        Name = name,
        Node = name,
        Cell = cell,
        Zone = "nova",
        Provider = new(1, Guid.Empty, new Dictionary<string, ProviderInventory>
        {
            ["MEMORY_MB"] = new(8192, 512, 1, 8192, 1, 1.5, 0),
            ["VCPU"] = new(4, 0, 1, 4, 1, 16, 0),
            ["DISK_GB"] = new(100, 0, 1, 100, 1, 1, 0),
        }),
    };

    public static CloudInstance Server(string vmState = "active", string host = "node1", int memory = 1024) => new()
    {
        Uuid = Web,
        Id = 1,
        Name = "web",
        Host = host,
        Node = host,
        Cell = "cell1",
        VmState = vmState,
        MemoryMib = memory,
        Vcpus = 1,
        RootGib = 1,
        Allocations = [new(1, "MEMORY_MB", memory), new(1, "VCPU", 1), new(1, "DISK_GB", 1)],
    };

    /// <summary>Hosts whose executors are heard and that keep their instances in one storage.</summary>
    public static ReportedCluster Told(params string[] hosts) => new(
        [.. hosts.Select(name => new Host { Name = name, Liveness = HostLiveness.Up, MemoryMib = 1, Vcpus = 1, Storages = new HashSet<string> { "shared" } })],
        new Dictionary<(string, Guid), Instance>(),
        hosts.ToDictionary(name => name, _ => new InstancesStorage("/var/lib/nova/instances", "shared", "")),
        []);
}
