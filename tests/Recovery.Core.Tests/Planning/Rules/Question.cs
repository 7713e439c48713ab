using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

/// <summary>node1 is dead, and only node2 could take its instance "a": can it?</summary>
internal sealed record Question
{
    public static readonly Question Plain = new();

    public Host Target { get; init; } = Host("node2");

    public Instance Instance { get; init; } = Instance("a");

    /// <summary>Other hosts and instances of the cluster.</summary>
    public IReadOnlyList<Host> OtherHosts { get; init; } = [];

    public IReadOnlyList<Instance> Others { get; init; } = [];

    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    public IReadOnlyList<DefinitionRefusal> Refusals { get; init; } = [];

    public PlanRequest Request { get; init; } = new(["node1"], [], []);

    public PlannerOptions Options { get; init; } = new() { ReservedMemoryMib = 0, VcpuOvercommit = 1 };

    public Plan Answer() => Planner.Plan(
        new ClusterSnapshot(Noon, [Host("node1", liveness: HostLiveness.Silent), Target, .. OtherHosts], [Instance, .. Others], Reservations) { Refusals = Refusals },
        Request,
        Options);

    public Question On(Func<Host, Host> change) => this with { Target = change(Target) };

    public Question For(Func<Instance, Instance> change) => this with { Instance = change(Instance) };

    public Question Asking(HostRequirements requirements) => For(instance => instance with { Requirements = requirements });

    public Question Wanting(InstancePolicy policy) => For(instance => instance with { Policy = policy });

    public Question Offering(HostAbilities abilities) => On(host => host with { Abilities = abilities });
}
