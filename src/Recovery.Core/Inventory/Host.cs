namespace Recovery.Core.Inventory;

/// <summary>What is known of a host's life. Only <see cref="Up"/> takes instances; none of them means "dead".</summary>
public enum HostLiveness
{
    /// <summary>Registered, but its executor was never heard: nothing is known of its guests.</summary>
    NeverSeen,

    /// <summary>Its executor's heartbeat is fresh and its libvirt answers.</summary>
    Up,

    /// <summary>Its executor is alive, its libvirt does not answer. Its guests may well be running.</summary>
    LibvirtDown,

    /// <summary>Its executor was heard before and is silent now. Unknown is not dead.</summary>
    Silent,
}

/// <summary>A hypervisor machine as the planner sees it.</summary>
public sealed record Host
{
    public required string Name { get; init; }

    /// <summary>What fails together with it: a rack, a power feed. Empty when nobody said.</summary>
    public string FailureDomain { get; init; } = "";

    public required HostLiveness Liveness { get; init; }

    /// <summary>An operator keeps instances away from it.</summary>
    public bool Maintenance { get; init; }

    /// <summary>It was recovered from and has not been proven clean since.</summary>
    public bool Quarantined { get; init; }

    /// <summary>Physical memory in MiB.</summary>
    public required long MemoryMib { get; init; }

    /// <summary>Logical processors.</summary>
    public required int Vcpus { get; init; }

    /// <summary>Ids of the storages that it sees. Two hosts with the same id share that storage.</summary>
    public IReadOnlySet<string> Storages { get; init; } = new HashSet<string>();

    /// <summary>UUIDs of all domains defined on it, also of those whose instance belongs to another host.</summary>
    public IReadOnlySet<Guid> Domains { get; init; } = new HashSet<Guid>();
}
