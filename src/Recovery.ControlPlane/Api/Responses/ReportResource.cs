using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What a recovery did, and when.</summary>
/// <param name="Recovery">Its id.</param>
/// <param name="State">Its state; the report is complete when that is an end.</param>
/// <param name="Reason">Why it ended as it did.</param>
/// <param name="Paused">Steps that run are finished, nothing new starts.</param>
/// <param name="Cancel">finish or putBack when somebody asked it to end; missing when nobody did.</param>
/// <param name="Limits">Instances brought up at the same time, as they are now.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="PlannedAt">When it was planned.</param>
/// <param name="FencedAt">When there was proof that the hosts are off.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="SecondsFromRequestToLastReady">From the request to the last instance that is as it shall be.</param>
/// <param name="Counts">Its instances by state.</param>
/// <param name="Instances">In the plan's order.</param>
public sealed record ReportResource(
    Guid Recovery,
    RecoveryState State,
    string Reason,
    bool Paused,
    CancelMode? Cancel,
    RecoveryLimits Limits,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? FencedAt,
    DateTimeOffset? FinishedAt,
    double? SecondsFromRequestToLastReady,
    InstanceCounts Counts,
    IReadOnlyList<InstanceReport> Instances)
{
    internal static ReportResource From(
        RecoveryRow row, IReadOnlyList<RecoveryInstanceRow> instances, ILookup<Guid, JournalRow> journal)
    {
        var lastReady = instances.Max(instance => instance.ReadyAt);
        return new(
            row.Id,
            row.State,
            row.Reason,
            row.Paused,
            row.Cancel,
            row.Limits,
            row.CreatedAt,
            row.PlannedAt,
            row.FencedAt,
            row.FinishedAt,
            lastReady is { } ready ? Math.Round((ready - row.CreatedAt).TotalSeconds, 3) : null,
            InstanceCounts.Of([.. instances.Select(instance => instance.State)]),
            [.. instances.Select(instance => InstanceReport.From(row, instance, [.. journal[instance.InstanceId]]))]);
    }
}

/// <summary>What was done for one instance.</summary>
/// <param name="Instance">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">The host that it was taken from.</param>
/// <param name="Target">The host that has it.</param>
/// <param name="Route">In a cloud how it was brought up: direct or assisted; missing elsewhere.</param>
/// <param name="Intent">run, pause or stayOff.</param>
/// <param name="State">Where it is.</param>
/// <param name="Reason">Why it failed or is unplaced.</param>
/// <param name="SkipRequested">Somebody wants it left alone; it is not begun.</param>
/// <param name="Attempt">The attempt that the timeline is about.</param>
/// <param name="Timeline">The moments that count.</param>
/// <param name="Steps">Of all attempts, in their order.</param>
/// <param name="Writes">In a cloud all that was written in its databases in all attempts, and put back there, in that order; missing elsewhere.</param>
public sealed record InstanceReport(
    Guid Instance,
    string Name,
    string Source,
    string? Target,
    RecoveryRoute? Route,
    PowerIntent Intent,
    InstanceState State,
    string Reason,
    bool SkipRequested,
    int Attempt,
    Timeline Timeline,
    IReadOnlyList<StepReport> Steps,
    IReadOnlyList<string>? Writes)
{
    internal static InstanceReport From(RecoveryRow recovery, RecoveryInstanceRow row, IReadOnlyList<JournalRow> journal) => new(
        row.InstanceId,
        row.Name,
        row.Source,
        row.Target,
        row.Route.Shown(),
        row.Intent,
        row.State,
        row.Reason,
        row.SkipRequested,
        row.Attempt,
        Timeline.From(recovery, row, journal),
        [.. journal.Select(StepReport.From)],
        row.Route == RecoveryRoute.Plain ? null : [.. journal.Where(WroteElsewhere).SelectMany(step => step.Details)]);

    // A step that failed, or of which nobody knows what became, is among the steps with what it was to write.
    private static bool WroteElsewhere(JournalRow step) =>
        step.Outcome == StepOutcome.Succeeded && StepPerformers.Of(step.Action) == StepPerformer.Inventory;
}

/// <summary>The moments of an instance's recovery; each is missing until it was.</summary>
/// <param name="RequestedAt">Somebody asked for it.</param>
/// <param name="PlannedAt">It had a target.</param>
/// <param name="FencedAt">Its source was proven off.</param>
/// <param name="ConnectedAt">Its volumes were connected.</param>
/// <param name="StartedAt">Its guest was started.</param>
/// <param name="ReadyAt">It was seen as it shall be.</param>
/// <param name="CommittedAt">The inventory says that it belongs to the target.</param>
public sealed record Timeline(
    DateTimeOffset RequestedAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? FencedAt,
    DateTimeOffset? ConnectedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ReadyAt,
    DateTimeOffset? CommittedAt)
{
    internal static Timeline From(RecoveryRow recovery, RecoveryInstanceRow row, IReadOnlyList<JournalRow> journal)
    {
        return new(
            recovery.CreatedAt,
            recovery.PlannedAt,
            recovery.FencedAt,
            End(StepAction.ConnectVolumes),
            End(StepAction.Start) ?? End(StepAction.StartByNova),
            row.ReadyAt,
            End(StepAction.Commit));

        DateTimeOffset? End(StepAction action) => journal
            .FirstOrDefault(step => step.Attempt == row.Attempt && step.Action == action && step.Outcome == StepOutcome.Succeeded)
            ?.EndedAt;
    }
}

/// <summary>One step from the journal.</summary>
/// <param name="Action">What was done.</param>
/// <param name="Host">Where.</param>
/// <param name="Attempt">In which attempt.</param>
/// <param name="IntendedAt">When it was written down, before it was done.</param>
/// <param name="EndedAt">When its outcome was known.</param>
/// <param name="DurationMilliseconds">Between the two.</param>
/// <param name="Outcome">succeeded, failedTransiently or failedForGood; missing while it runs.</param>
/// <param name="Code">The executor's error code.</param>
/// <param name="Message">For a human.</param>
/// <param name="Details">What was rewritten in the definition, or why it was refused; of a step in a cloud's databases what it writes, old and new values.</param>
public sealed record StepReport(
    StepAction Action,
    string Host,
    int Attempt,
    DateTimeOffset IntendedAt,
    DateTimeOffset? EndedAt,
    long? DurationMilliseconds,
    StepOutcome? Outcome,
    string? Code,
    string? Message,
    IReadOnlyList<string> Details)
{
    internal static StepReport From(JournalRow row) => new(
        row.Action,
        row.Host,
        row.Attempt,
        row.IntendedAt,
        row.EndedAt,
        row.EndedAt is { } ended ? (long)(ended - row.IntendedAt).TotalMilliseconds : null,
        row.Outcome,
        row.Code.Length > 0 ? row.Code : null,
        row.Message.Length > 0 ? row.Message : null,
        row.Details);
}
