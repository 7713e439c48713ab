using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>The durable operation behind one request.</summary>
public sealed class RecoveryRow
{
    /// <summary>All but the final ones. A list: EF can't translate Contains of an array, which is that of a span since C# 14.</summary>
    internal static readonly List<RecoveryState> LiveStates = [.. Enum.GetValues<RecoveryState>().Where(state => !state.IsFinal())];

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
