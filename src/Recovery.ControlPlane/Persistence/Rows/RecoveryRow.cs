using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A recovery as it was asked for.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Hosts">The sources; never empty once accepted.</param>
/// <param name="Instances">Only these; empty means all of the sources.</param>
/// <param name="Targets">Only these hosts may take them; empty means any.</param>
/// <param name="MaxParallel">How many instances are brought up at the same time.</param>
public sealed record RecoveryRequest(
    RecoveryKind Kind,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<Guid> Instances,
    IReadOnlyList<string> Targets,
    int MaxParallel)
{
    /// <summary>These hosts must not take any.</summary>
    public IReadOnlyList<string> ExcludedTargets { get; init; } = [];

    /// <summary>These instances are left where they are.</summary>
    public IReadOnlyList<Guid> ExcludedInstances { get; init; } = [];

    /// <summary>
    /// The sources may be alive but beyond use: their own executors end their guests, or a fence agent switches them off.
    /// </summary>
    public bool EvenIfAlive { get; init; }

    /// <summary>Of a resume: only what its owner wants started with its host. Otherwise all that ran before it fell.</summary>
    public bool OnlyAutostart { get; init; }

    /// <summary>Instances come up in the order of their priorities alone.</summary>
    public bool IgnoreDependencies { get; init; }

    /// <param name="instances">Only these of what was asked for; empty means all of it.</param>
    public PlanRequest ToPlanRequest(IReadOnlyList<Guid> instances) => new(Hosts, instances, Targets)
    {
        ExcludedTargets = ExcludedTargets,
        ExcludedInstances = ExcludedInstances,
        IgnoreDependencies = IgnoreDependencies,
    };
}

/// <summary>The durable operation behind one request.</summary>
public sealed class RecoveryRow
{
    /// <summary>A version 7 UUID: ordered by time.</summary>
    public required Guid Id { get; set; }

    public required RecoveryRequest Request { get; set; }

    public required RecoveryState State { get; set; }

    /// <summary>What it waits for, or why it ended as it did; for humans.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Grows with every claim. Whoever writes names the epoch that it claimed.</summary>
    public long Epoch { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Set when somebody asked it to end; null: nobody did.</summary>
    public CancelMode? Cancel { get; set; }

    /// <summary>Running steps finish, nothing new starts, until somebody lets it continue.</summary>
    public bool Paused { get; set; }

    /// <summary>How many at a time; may change while it runs.</summary>
    public RecoveryLimits Limits { get; set; } = new(8, 4, 8);

    /// <summary>The stored plan that it carries out; null when it makes its own.</summary>
    public Guid? PlanId { get; set; }

    /// <summary>The plan in force; null until planned.</summary>
    public Plan? Plan { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? PlannedAt { get; set; }

    public DateTimeOffset? FencedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public List<RecoveryInstanceRow> Instances { get; set; } = [];
}

/// <summary>One instance of a recovery, with all that is needed to bring it up: its dead host can't be asked again.</summary>
public sealed class RecoveryInstanceRow
{
    public required Guid RecoveryId { get; set; }

    public required Guid InstanceId { get; set; }

    public required string Name { get; set; }

    public required string Source { get; set; }

    /// <summary>Null while no host can take it.</summary>
    public string? Target { get; set; }

    /// <summary>Its place in the plan's order.</summary>
    public int Position { get; set; }

    public required PowerIntent Intent { get; set; }

    public InstanceTask Task { get; set; }

    public required InstanceState State { get; set; }

    /// <summary>An operator wants it left alone, if it was not begun yet.</summary>
    public bool SkipRequested { get; set; }

    /// <summary>Why it failed or is unplaced; for humans.</summary>
    public string Reason { get; set; } = "";

    /// <summary>1 for the first attempt; each retry adds one and has a journal of its own.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>As the planner saw it.</summary>
    public required Instance Instance { get; set; }

    /// <summary>Its domain XML as the source reported it last.</summary>
    public required string Definition { get; set; }

    /// <summary>Where the source saw its storages.</summary>
    public required List<StorageView> SourceStorages { get; set; }

    /// <summary>The CPU model of the source, as libvirt names it; empty when unknown.</summary>
    public string SourceCpuModel { get; set; } = "";

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When the guest was seen running (or, if it stays off, defined) on the target.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>
/// A subject that one live recovery holds: <c>host/node1</c>, <c>instance/UUID</c>, or <c>fencing/node1</c> while it fences
/// that host. Its key is unique.
/// </summary>
public sealed class RecoveryLockRow
{
    public required string Subject { get; set; }

    public required Guid RecoveryId { get; set; }

    public static string ForHost(string host) => $"host/{host}";

    public static string ForFencing(string host) => $"fencing/{host}";

    public static string ForInstance(Guid instance) => $"instance/{instance}";
}

/// <summary>A step: its intent, written before the effect, and its outcome.</summary>
public sealed class JournalRow
{
    public long Sequence { get; set; }

    public required Guid StepId { get; set; }

    public required Guid RecoveryId { get; set; }

    public required Guid InstanceId { get; set; }

    public required int Attempt { get; set; }

    public required StepAction Action { get; set; }

    /// <summary>The host that carries it out.</summary>
    public required string Host { get; set; }

    public required long Epoch { get; set; }

    public required DateTimeOffset IntendedAt { get; set; }

    public StepOutcome? Outcome { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The executor's error code, without its prefix: <c>DISK_MISSING</c>; empty when it succeeded.</summary>
    public string Code { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary>What the executor rewrote in the definition, or why it refused to.</summary>
    public List<string> Details { get; set; } = [];

    public JournalEntry ToEntry() => new()
    {
        StepId = StepId,
        Action = Action,
        Outcome = Outcome,
        Message = Message,
        IntendedAt = IntendedAt,
        EndedAt = EndedAt,
    };
}

/// <summary>Something that happened in a recovery, for those who watch. Its id is where a reader resumes.</summary>
public sealed class EventRow
{
    public long Id { get; set; }

    public required Guid RecoveryId { get; set; }

    public required DateTimeOffset At { get; set; }

    /// <summary>One of <see cref="EventTypes"/>.</summary>
    public required string Type { get; set; }

    public Guid? InstanceId { get; set; }

    public string? Host { get; set; }

    public StepAction? Step { get; set; }

    /// <summary>The state that the recovery, or the instance if one is named, is in after it.</summary>
    public string State { get; set; } = "";

    public required string Message { get; set; }
}

/// <summary>The kinds of events.</summary>
public static class EventTypes
{
    public const string RecoveryState = "recovery-state";
    public const string InstanceState = "instance-state";
    public const string Plan = "plan";
    public const string Replan = "replan";
    public const string Fence = "fence";
    public const string Step = "step";
    public const string Progress = "progress";
    public const string Alarm = "alarm";

    /// <summary>An operator stepped in: paused, continued, cancelled, retried, skipped, changed limits.</summary>
    public const string Operator = "operator";
}

/// <summary>What an operator did, or the system in an operator's place. Written with what it did; kept for ever.</summary>
public sealed class AuditRow
{
    /// <summary>The system itself, as <see cref="Who"/>.</summary>
    public const string System = "recovery";

    public long Id { get; set; }

    public required DateTimeOffset At { get; set; }

    /// <summary>A name as the caller gave it; <c>recovery</c> for the system itself.</summary>
    public required string Who { get; set; }

    /// <summary>Why, in the caller's words; may be empty where none is asked for.</summary>
    public string Why { get; set; } = "";

    /// <summary>What was done: <c>pause</c>, <c>attest</c>, <c>end-quarantine</c>.</summary>
    public required string Action { get; set; }

    public Guid? RecoveryId { get; set; }

    public Guid? InstanceId { get; set; }

    public string? Host { get; set; }

    /// <summary>What changed, for humans: "inAll 8 → 2".</summary>
    public string Details { get; set; } = "";
}

/// <summary>An idempotency key and the body that it came with.</summary>
public sealed class IdempotencyRow
{
    public required string Key { get; set; }

    /// <summary>SHA-256 of the canonical request.</summary>
    public required string BodyHash { get; set; }

    public required Guid RecoveryId { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A fence proof; kept for ever, also when it is void.</summary>
public sealed class FenceProofRow
{
    public long Id { get; set; }

    public required string Host { get; set; }

    public required FenceProofKind Kind { get; set; }

    public required DateTimeOffset At { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public required string Evidence { get; set; }

    /// <summary>Who attested; empty for other kinds.</summary>
    public string By { get; set; } = "";

    /// <summary>When something contradicted it: the host was heard alive, a guest was seen there. It proves nothing since.</summary>
    public DateTimeOffset? VoidedAt { get; set; }

    public FenceProof ToProof() => new(Host, Kind, At, ExpiresAt, Evidence);
}
