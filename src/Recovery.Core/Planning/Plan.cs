using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.Core.Planning;

/// <summary>Where everything goes, and why something stays. Every requested instance is in exactly one list.</summary>
/// <param name="Moves">In the order in which they are carried out.</param>
/// <param name="Unplaced">With a reason per host.</param>
public sealed record Plan(IReadOnlyList<Move> Moves, IReadOnlyList<Unplaced> Unplaced);

/// <summary>One instance, from the host that it belongs to, to the host that takes it.</summary>
public sealed record Move(Guid Instance, string Name, string Source, string Target, PowerIntent Intent)
{
    /// <summary>The tier that it is placed and started in: its own, or that of an instance that waits for it.</summary>
    public int Priority { get; init; } = InstancePolicy.OrdinaryPriority;

    /// <summary>Instances of this plan that have to run before it is started.</summary>
    public IReadOnlyList<Guid> After { get; init; } = [];

    /// <summary>No other host could take it.</summary>
    public bool OnlyTarget { get; init; }

    /// <summary>By which way it is brought up.</summary>
    public RecoveryRoute Route { get; init; }

    /// <summary>Why by that one; empty where there is only one.</summary>
    public string RouteReason { get; init; } = "";

    /// <summary>What will be written where others keep the cluster, a sentence each.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>What the writing alone does not bring about, and who does it then, a sentence each.</summary>
    public IReadOnlyList<string> Cautions { get; init; } = [];

    /// <summary>An executor defines it there; else Nova does, or nobody as long as it is off.</summary>
    public bool IsDefinedByUs() => Route == RecoveryRoute.Plain || (Route == RecoveryRoute.Direct && Intent != PowerIntent.StayOff);
}

/// <summary>An instance that no host can take now.</summary>
/// <param name="Rejections">The hosts that came nearest to taking it first, at most <see cref="MaximumHosts"/> of them.</param>
public sealed record Unplaced(Guid Instance, string Name, string Source, IReadOnlyList<Rejection> Rejections)
{
    /// <summary>So many hosts are explained; of more, their number is enough.</summary>
    public const int MaximumHosts = 100;

    public int Priority { get; init; } = InstancePolicy.OrdinaryPriority;

    /// <summary>Hosts that reject it as well and are not explained.</summary>
    public int OtherHosts { get; init; }

    /// <summary>Instances of this plan that took the room which it would have needed, higher tiers first.</summary>
    public IReadOnlyList<Winner> LostTo { get; init; } = [];

    /// <summary>What would make room for it, the least first: <c>2048 more MiB of memory on any host of rack-b</c>.</summary>
    public IReadOnlyList<string> WouldHelp { get; init; } = [];

    /// <summary>It stays down because somebody wanted that, and not for want of a host.</summary>
    public bool ByWish { get; init; }
}

/// <summary>Who got the room.</summary>
public sealed record Winner(Guid Instance, string Name, int Priority, string Host);
