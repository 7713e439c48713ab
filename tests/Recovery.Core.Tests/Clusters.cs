using Recovery.Core.Inventory;

namespace Recovery.Core.Tests;

/// <summary>Small clusters in few words.</summary>
internal static class Clusters
{
    public static readonly DateTimeOffset Noon = new(2026, 6, 6, 12, 0, 0, TimeSpan.Zero);

    public static Host Host(
        string name,
        long memoryMib = 8192,
        int vcpus = 8,
        string storages = "shared",
        HostLiveness liveness = HostLiveness.Up,
        bool maintenance = false,
        bool quarantined = false,
        params Guid[] domains) => new()
        {
            Name = name,
            MemoryMib = memoryMib,
            Vcpus = vcpus,
            Liveness = liveness,
            Maintenance = maintenance,
            Quarantined = quarantined,
            Storages = storages.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(),
            Domains = domains.ToHashSet(),
        };

    public static Instance Instance(
        string name,
        string host = "node1",
        long memoryMib = 1024,
        int vcpus = 1,
        string storage = "shared",
        DomainState state = DomainState.Running) => new()
        {
            Id = IdOf(name),
            Name = name,
            Host = host,
            State = state,
            MemoryMib = memoryMib,
            Vcpus = vcpus,
            Disks = [FileDisk("vda", storage)],
        };

    public static Disk FileDisk(string target, string storage) => new()
    {
        Target = target,
        Format = "qcow2",
        File = new HostFile("disk", $"/srv/{storage}/{target}.qcow2", storage, $"{target}.qcow2", "qcow2"),
    };

    public static Guid IdOf(string name) =>
        new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    public static ClusterSnapshot Snapshot(IReadOnlyList<Host> hosts, params Instance[] instances) =>
        new(Noon, hosts, instances, []);
}
