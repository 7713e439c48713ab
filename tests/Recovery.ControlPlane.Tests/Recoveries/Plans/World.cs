using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>A small cluster: node1 is silent, node2 to node4 are up, all share one storage, 8 GiB each.</summary>
internal static class World
{
    public static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0 };

    public static ClusterSnapshot With(params Instance[] instances) => new(
        DateTimeOffset.UnixEpoch,
        [NewHost("node1", HostLiveness.Silent), NewHost("node2"), NewHost("node3"), NewHost("node4")],
        instances,
        []);

    public static ClusterSnapshot Without(this ClusterSnapshot cluster, string host) =>
        cluster with { Hosts = [.. cluster.Hosts.Select(each => each.Name == host ? each with { Liveness = HostLiveness.Silent } : each)] };

    public static Host NewHost(string name, HostLiveness liveness = HostLiveness.Up) => new()
    {
        Name = name,
        Liveness = liveness,
        MemoryMib = 8192,
        Vcpus = 8,
        Storages = new HashSet<string> { "shared" },
    };

    public static Instance NewInstance(string name, string host = "node1", long memoryMib = 1024, params Guid[] after) => new()
    {
        Id = IdOf(name),
        Name = name,
        Host = host,
        State = DomainState.Running,
        MemoryMib = memoryMib,
        Vcpus = 1,
        Policy = new InstancePolicy { After = after },
    };

    public static Guid IdOf(string name) => new(name.PadRight(16, '-').Select(each => (byte)each).Take(16).ToArray());

    public static PlanRequest Request(params Guid[] only) => new(["node1"], only, []);

    public static IEnumerable<string> Lines(this Plan plan) => plan.Moves.Select(move => $"{move.Name} {move.Target}")
        .Concat(plan.Unplaced.Select(each => $"{each.Name} -"));
}
