namespace Recovery.Core.Inventory;

/// <summary>The cluster at one moment, immutable: all that the planner sees.</summary>
/// <param name="At">When it was taken, UTC.</param>
/// <param name="Hosts">All registered hosts.</param>
/// <param name="Instances">All known instances, each once, at the host that it belongs to.</param>
/// <param name="Reservations">What other live recoveries have promised to hosts and not yet delivered.</param>
public sealed record ClusterSnapshot(
    DateTimeOffset At,
    IReadOnlyList<Host> Hosts,
    IReadOnlyList<Instance> Instances,
    IReadOnlyList<Reservation> Reservations)
{
    /// <summary>Hosts that would refuse a definition, as their executors answered; and such to which no way is open.</summary>
    public IReadOnlyList<DefinitionRefusal> Refusals { get; init; } = [];

    /// <summary>What could not be seen of the cluster, a sentence each; what is here is true all the same.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    public Host? FindHost(string name) => Hosts.FirstOrDefault(host => host.Name == name);
}

/// <summary>Room on a host that another recovery counts on.</summary>
public sealed record Reservation(string Host, Guid Instance, long MemoryMib, int Vcpus, long DiskMib = 0);

/// <summary>A host's executor would not define this instance there.</summary>
/// <param name="Reason">Its refusals, in its words.</param>
public sealed record DefinitionRefusal(Guid Instance, string Host, string Reason)
{
    /// <summary>Nobody was asked: in a cloud there is no way to bring it up there, and the reason is a sentence of its own.</summary>
    public bool NoRoute { get; init; }
}
