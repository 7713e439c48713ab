namespace Recovery.ControlPlane.Persistence.Rows;

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
