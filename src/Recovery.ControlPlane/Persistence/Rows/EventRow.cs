using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

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
