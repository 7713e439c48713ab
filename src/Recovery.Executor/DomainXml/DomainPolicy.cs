namespace Recovery.Executor.DomainXml;

/// <summary>What an instance's owner wrote into its metadata for Recovery to heed.</summary>
public sealed record DomainPolicy
{
    /// <summary>The namespace of the element <c>policy</c> in a domain's metadata.</summary>
    public const string Namespace = "urn:recovery:policy:1";

    /// <summary>0 to 100; null: nobody said.</summary>
    public uint? Priority { get; init; }

    /// <summary>Its owner does not want it recovered.</summary>
    public bool OptOut { get; init; }

    public string Class { get; init; } = "";

    public string Zone { get; init; } = "";

    public string Image { get; init; } = "";

    /// <summary>When it can be relied on; null: when it runs.</summary>
    public ReadinessGate? Ready { get; init; }

    /// <summary>UUIDs of instances that have to run before, in lower case with dashes.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    public IReadOnlyList<PolicyGroup> Groups { get; init; } = [];

    public IReadOnlyList<string> Aggregates { get; init; } = [];

    public IReadOnlyList<string> RequiredTraits { get; init; } = [];

    public IReadOnlyList<string> ForbiddenTraits { get; init; } = [];

    /// <summary>What in it can't be understood, a sentence each; the rest counts.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <param name="Name">Whoever names the same group by the same rule is a member too.</param>
/// <param name="Rule">affinity, anti-affinity, soft-affinity, soft-anti-affinity</param>
/// <param name="MaximumPerHost">How many members one host may have under anti-affinity; at least 1.</param>
public sealed record PolicyGroup(string Name, string Rule, uint MaximumPerHost);

/// <summary>Whom to ask whether the guest does its work; exactly one of the three.</summary>
/// <param name="Agent">Its guest agent.</param>
/// <param name="Tcp">An address and port that has to accept; null: not asked.</param>
/// <param name="Http">A URL that has to answer with the status; null: not asked.</param>
/// <param name="Status">Of <paramref name="Http"/>; 0 beside the others.</param>
/// <param name="WithinSeconds">From its start.</param>
public sealed record ReadinessGate(
    bool Agent = false, string? Tcp = null, string? Http = null, uint Status = 0, uint WithinSeconds = ReadinessGate.OrdinaryPatience)
{
    /// <summary>In seconds.</summary>
    public const uint OrdinaryPatience = 300;
}
