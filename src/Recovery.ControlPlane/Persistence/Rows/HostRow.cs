using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A registered host: what an operator said of it, and what its executor reported last.</summary>
public sealed class HostRow
{
    public required string Name { get; set; }

    /// <summary>Where its executor listens: <c>http://10.0.0.11:7071</c>.</summary>
    public required string Executor { get; set; }

    public string FailureDomain { get; set; } = "";

    public string Zone { get; set; } = "";

    public List<string> Aggregates { get; set; } = [];

    public List<string> Traits { get; set; } = [];

    public bool Spare { get; set; }

    /// <summary>How full it may become, where that differs from what is configured for all.</summary>
    public HostLimits Limits { get; set; } = HostLimits.AsConfigured;

    /// <summary>Fence levels in order of trial.</summary>
    public List<FenceLevel> Fencing { get; set; } = [];

    public bool Maintenance { get; set; }

    public string MaintenanceReason { get; set; } = "";

    /// <summary>Set when a recovery has taken its instances away; it takes none until it is proven clean.</summary>
    public bool Quarantined { get; set; }

    /// <summary>Null when it is not quarantined.</summary>
    public DateTimeOffset? QuarantinedSince { get; set; }

    /// <summary>Why it is quarantined, and what would end that; for humans. Empty when it is not.</summary>
    public string QuarantineReason { get; set; } = "";

    /// <summary>
    /// The boot that it reported last, together with its domains; empty: it never told. Another one means that it was off.
    /// </summary>
    public string Boot { get; set; } = "";

    /// <summary>The boot after which everything was put in order here; the same as <see cref="Boot"/> when that is done.</summary>
    public string SettledBoot { get; set; } = "";

    public required DateTimeOffset RegisteredAt { get; set; }

    /// <summary>When its executor was heard last, written every few seconds; the live value is in the liveness board.</summary>
    public DateTimeOffset? LastHeardAt { get; set; }

    /// <summary>When the whole node report came in last; null: no executor was ever seen.</summary>
    public DateTimeOffset? ReportedAt { get; set; }

    public string ExecutorVersion { get; set; } = "";

    public string Hypervisor { get; set; } = "";

    public string Architecture { get; set; } = "";

    public string CpuModel { get; set; } = "";

    public long MemoryMib { get; set; }

    public int Vcpus { get; set; }

    public List<StorageView> Storages { get; set; } = [];

    /// <summary>Where Nova keeps its instances' files here; empty: nowhere, or it never told.</summary>
    public string InstancesPath { get; set; } = "";

    /// <summary>By which it is known to iSCSI targets; empty: it has none, or never told.</summary>
    public string InitiatorName { get; set; } = "";

    /// <summary>What it can offer to guests, as it reported last.</summary>
    public ReportedAbilities Abilities { get; set; } = ReportedAbilities.Unknown;

    /// <summary>What it answered last; a host that is silent keeps its answers.</summary>
    public SurveyAnswers Survey { get; set; } = SurveyAnswers.None;
}

/// <summary>A storage as one host sees it.</summary>
/// <param name="Id">The same on all hosts that share it.</param>
/// <param name="Path">Its root on this host.</param>
/// <param name="FreeMib">Free space in MiB when it was reported.</param>
/// <param name="SizeMib">Size in MiB.</param>
public sealed record StorageView(string Id, string Path, long FreeMib, long SizeMib);

/// <summary>One way to switch a host off.</summary>
/// <param name="Agent">Name of a fence agent in the configured directory: <c>fence_ipmilan</c>.</param>
/// <param name="Options">Its options as key and value, without secrets.</param>
/// <param name="SecretOptions">Options whose value is elsewhere: the name of a file in the configured secrets directory, or <c>env:NAME</c>.</param>
/// <param name="TimeoutSeconds">For each call of the agent.</param>
/// <param name="Tries">How often the level is tried before the next one.</param>
public sealed record FenceLevel(
    string Agent,
    IReadOnlyDictionary<string, string> Options,
    IReadOnlyDictionary<string, string> SecretOptions,
    int TimeoutSeconds = 60,
    int Tries = 2);
