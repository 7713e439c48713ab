using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

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

    /// <summary>What it writes where others keep the cluster, in the inventory's form, kept before it is done; else empty.</summary>
    public string Writes { get; set; } = "";

    /// <summary>What the executor rewrote in the definition, or why it refused to; or what was written elsewhere, in words.</summary>
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
