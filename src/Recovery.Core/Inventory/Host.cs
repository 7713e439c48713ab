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

    /// <summary>Its availability zone; empty when nobody said.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The aggregates that it is a member of: groups of hosts that instances may be bound to.</summary>
    public IReadOnlySet<string> Aggregates { get; init; } = new HashSet<string>();

    /// <summary>What it has beyond numbers, in the operator's or Placement's words: <c>ssd</c>, <c>HW_CPU_X86_AVX2</c>.</summary>
    public IReadOnlySet<string> Traits { get; init; } = new HashSet<string>();

    /// <summary>A spare: it takes instances when no other host can.</summary>
    public bool Spare { get; init; }

    public required HostLiveness Liveness { get; init; }

    /// <summary>When somebody else heard of it last: Nova of its nova-compute (services.last_seen_up, UTC). Null where nobody else listens.</summary>
    public DateTimeOffset? SeenByOthersAt { get; init; }

    /// <summary>An operator keeps instances away from it.</summary>
    public bool Maintenance { get; init; }

    /// <summary>It was recovered from and has not been proven clean since.</summary>
    public bool Quarantined { get; init; }

    /// <summary>Physical memory in MiB.</summary>
    public required long MemoryMib { get; init; }

    /// <summary>Logical processors.</summary>
    public required int Vcpus { get; init; }

    /// <summary>Room in MiB for disks that instances keep on the host itself; 0 when disks are not counted.</summary>
    public long DiskMib { get; init; }

    /// <summary>How full it may become, where that differs from the planner's options.</summary>
    public HostLimits Limits { get; init; } = HostLimits.AsConfigured;

    /// <summary>How much of a class one instance may take, where that is limited (Placement: inventories): <c>MEMORY_MB</c>.</summary>
    public IReadOnlyDictionary<string, UnitLimits> Units { get; init; } = new Dictionary<string, UnitLimits>();

    /// <summary>Ids of the storages that it sees. Two hosts with the same id share that storage.</summary>
    public IReadOnlySet<string> Storages { get; init; } = new HashSet<string>();

    /// <summary>
    /// Volume backends that it was asked to reach, and whether it did: <c>iscsi 10.0.0.5:3260</c> → true. A backend that
    /// is missing here was not tried yet.
    /// </summary>
    public IReadOnlyDictionary<string, bool> Backends { get; init; } = new Dictionary<string, bool>();

    /// <summary>What it can emulate and offer to a guest.</summary>
    public HostAbilities Abilities { get; init; } = HostAbilities.Unknown;

    /// <summary>Base images that it has in its cache.</summary>
    public IReadOnlySet<string> CachedImages { get; init; } = new HashSet<string>();

    /// <summary>UUIDs of all domains defined on it, also of those whose instance belongs to another host.</summary>
    public IReadOnlySet<Guid> Domains { get; init; } = new HashSet<Guid>();
}

/// <summary>How full one host may become; what is null is as configured for all hosts (Placement: inventories).</summary>
/// <param name="MemoryOvercommit">Promised memory over physical memory.</param>
/// <param name="ReservedMemoryMib">Memory in MiB that stays with the host's own system.</param>
/// <param name="VcpuOvercommit">Promised virtual processors over logical processors.</param>
/// <param name="ReservedVcpus">Logical processors that stay with the host's own system.</param>
/// <param name="DiskOvercommit">Promised disk over the room for disks.</param>
/// <param name="ReservedDiskMib">Room for disks in MiB that stays free.</param>
public sealed record HostLimits(
    double? MemoryOvercommit = null,
    long? ReservedMemoryMib = null,
    double? VcpuOvercommit = null,
    int? ReservedVcpus = null,
    double? DiskOvercommit = null,
    long? ReservedDiskMib = null)
{
    public static readonly HostLimits AsConfigured = new();
}

/// <summary>What one instance may take of a class: at least, at most, and in multiples of.</summary>
public sealed record UnitLimits(int Minimum, int Maximum, int Step)
{
    public bool Allow(int amount) => amount >= Minimum && amount <= Maximum && amount % Math.Max(1, Step) == 0;
}
