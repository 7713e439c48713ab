namespace Recovery.Core.Workflow;

/// <summary>What happened outside of the recovery, as it is seen at one moment. A look, not a memory: it may be lost.</summary>
public sealed record Observation
{
    /// <summary>What is known of hosts, by name; a host that is missing is silent and was never fenced.</summary>
    public IReadOnlyDictionary<string, HostSight> Hosts { get; init; } = new Dictionary<string, HostSight>();

    /// <summary>Instances for which an action is being carried out right now.</summary>
    public IReadOnlySet<Guid> UnderWay { get; init; } = new HashSet<Guid>();

    /// <summary>Steps that were sent and not answered, by step id.</summary>
    public IReadOnlyDictionary<Guid, Silence> Silences { get; init; } = new Dictionary<Guid, Silence>();

    /// <summary>How long this control plane has to listen yet before anybody's silence says anything; null: long enough.</summary>
    public TimeSpan? ListenFor { get; init; }

    /// <summary>Why nobody may be fenced now; null: nothing stands against it.</summary>
    public string? BlindBecause { get; init; }

    public HostSight Of(string host) => Hosts.GetValueOrDefault(host, HostSight.Unknown);
}

/// <summary>A host as it is seen.</summary>
public sealed record HostSight
{
    public static readonly HostSight Unknown = new();

    /// <summary>A proof that holds at this moment; null: there is none.</summary>
    public FenceProof? Proof { get; init; }

    /// <summary>Its executor was heard just now, and its libvirt answers.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Nothing was heard of it for longer than an executor takes to start again. That proves nothing.</summary>
    public bool IsLost { get; init; }

    /// <summary>How long to listen before its silence says anything; null: long enough.</summary>
    public TimeSpan? ListenFor { get; init; }

    /// <summary>It is being fenced right now.</summary>
    public bool IsBeingFenced { get; init; }

    /// <summary>
    /// This recovery told its executor to end its guests, or may have: the order went out, and nobody said that it never
    /// arrived.
    /// </summary>
    public bool OrderIsOut { get; init; }

    /// <summary>When fencing may be tried again; null: it was not tried.</summary>
    public DateTimeOffset? FenceAgainAt { get; init; }

    /// <summary>Why fencing failed the last time.</summary>
    public string FenceFailure { get; init; } = "";
}

/// <summary>A step that nobody answered for.</summary>
/// <param name="Tries">How often it was sent.</param>
/// <param name="Since">When the last try was given up.</param>
public sealed record Silence(int Tries, DateTimeOffset Since);
