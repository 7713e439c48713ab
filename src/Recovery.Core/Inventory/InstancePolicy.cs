namespace Recovery.Core.Inventory;

/// <summary>What an instance's owner or operator wants for it, beyond what it needs.</summary>
public sealed record InstancePolicy
{
    public static readonly InstancePolicy None = new();

    /// <summary>The tier that an instance is in when nobody said.</summary>
    public const int OrdinaryPriority = 50;

    /// <summary>0 to 100. Higher tiers are placed first, started first, and win when there is too little room.</summary>
    public int Priority { get; init; } = OrdinaryPriority;

    /// <summary>Its owner does not want it recovered.</summary>
    public bool OptOut { get; init; }

    /// <summary>What it is: <c>appliance</c>. Classes that heal themselves are left out by configuration. Empty: nothing special.</summary>
    public string Class { get; init; } = "";

    /// <summary>When it can be relied on; null: as soon as it runs. What comes after it waits for this.</summary>
    public ReadinessGate? Ready { get; init; }

    /// <summary>Instances that have to run before it does.</summary>
    public IReadOnlyList<Guid> After { get; init; } = [];

    public IReadOnlyList<InstanceGroup> Groups { get; init; } = [];

    /// <summary>The only zone that it may be in; empty for any.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its host must be a member of one of these aggregates; empty for any.</summary>
    public IReadOnlyList<string> Aggregates { get; init; } = [];

    public IReadOnlyList<string> RequiredTraits { get; init; } = [];

    public IReadOnlyList<string> ForbiddenTraits { get; init; } = [];

    /// <summary>The host that it was on before it was recovered, which it should return to; empty when there is none.</summary>
    public string FormerHost { get; init; } = "";

    /// <summary>The base image that it was made from; empty when unknown.</summary>
    public string Image { get; init; } = "";
}

/// <summary>Instances that belong together, or must not.</summary>
public enum GroupRule
{
    /// <summary>All on one host.</summary>
    Affinity,

    /// <summary>Not more than so many on one host.</summary>
    AntiAffinity,

    /// <summary>On one host if that can be.</summary>
    SoftAffinity,

    /// <summary>On different hosts if that can be.</summary>
    SoftAntiAffinity,
}

/// <summary>A group that an instance is a member of; whoever names the same group by the same rule is a member too.</summary>
/// <param name="Name">Unique within the cluster.</param>
/// <param name="Rule">What binds the members.</param>
/// <param name="MaximumPerHost">How many members one host may have under <see cref="GroupRule.AntiAffinity"/>.</param>
public sealed record InstanceGroup(string Name, GroupRule Rule, int MaximumPerHost = 1);
