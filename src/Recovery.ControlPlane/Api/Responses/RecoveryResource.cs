using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>A recovery.</summary>
/// <param name="Id">A version 7 UUID: ordered by time.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="State">accepted, planning, fencing, awaitingProof, recovering; completed, completedWithFailures, failed and cancelled are ends.</param>
/// <param name="Reason">What it waits for, or why it ended as it did.</param>
/// <param name="Hosts">The hosts that it recovers from.</param>
/// <param name="Instances">Only these; empty means all of the hosts.</param>
/// <param name="Targets">Only these hosts may take them; empty means any.</param>
/// <param name="ExcludedTargets">These hosts must not take any.</param>
/// <param name="ExcludedInstances">These are left where they are.</param>
/// <param name="IgnoreDependencies">Instances come up in the order of their priorities alone.</param>
/// <param name="EvenIfAlive">The hosts may be alive but beyond use: their guests are ended first.</param>
/// <param name="Route">In a cloud the only way by which its instances may be brought up: direct or assisted; missing when whichever is best.</param>
/// <param name="Limits">Instances brought up at the same time; PUT its /limits.</param>
/// <param name="Paused">Steps that run are finished, nothing new starts; POST its /continue.</param>
/// <param name="Cancel">Somebody asked it to end, and what is under way to be so: finish or putBack; missing when nobody did.</param>
/// <param name="Counts">Its instances by state; all zero until it is planned.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="PlannedAt">When every instance had a target or its reasons.</param>
/// <param name="FencedAt">When there was proof that the hosts are off.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="EventsHref">Its live log.</param>
/// <param name="ReportHref">Its timeline.</param>
/// <param name="PlanId">The plan that it carries out, as POST /v1/plans showed it; missing when it made its own.</param>
/// <param name="Plan">The plan in force; only where one recovery is asked for.</param>
public sealed record RecoveryResource(
    Guid Id,
    RecoveryKind Kind,
    RecoveryState State,
    string Reason,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<Guid> Instances,
    IReadOnlyList<string> Targets,
    IReadOnlyList<string> ExcludedTargets,
    IReadOnlyList<Guid> ExcludedInstances,
    bool IgnoreDependencies,
    bool EvenIfAlive,
    RecoveryRoute? Route,
    RecoveryLimits Limits,
    bool Paused,
    CancelMode? Cancel,
    InstanceCounts Counts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? FencedAt,
    DateTimeOffset? FinishedAt,
    string EventsHref,
    string ReportHref,
    Guid? PlanId,
    Plan? Plan)
{
    internal static RecoveryResource From(RecoveryRow row, IReadOnlyCollection<InstanceState> instances, bool withPlan) => new(
        row.Id,
        row.Request.Kind,
        row.State,
        row.Reason,
        row.Request.Hosts,
        row.Request.Instances,
        row.Request.Targets,
        row.Request.ExcludedTargets,
        row.Request.ExcludedInstances,
        row.Request.IgnoreDependencies,
        row.Request.EvenIfAlive,
        row.Request.Route,
        row.Limits,
        row.Paused,
        row.Cancel,
        InstanceCounts.Of(instances),
        row.CreatedAt,
        row.PlannedAt,
        row.FencedAt,
        row.FinishedAt,
        Links.Events(row.Id),
        Links.Report(row.Id),
        row.PlanId,
        withPlan ? row.Plan : null);
}

/// <summary>How many instances are where.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Waiting">Nothing was done to them yet.</param>
/// <param name="Recovering">Their steps are running, or are being put back.</param>
/// <param name="AwaitingReadiness">They run on their targets; what waits for them waits until they answer.</param>
/// <param name="Recovered">On their targets, as they shall be.</param>
/// <param name="Failed">They failed; each says why.</param>
/// <param name="Unplaced">No host can take them.</param>
/// <param name="Skipped">Left alone before their turn.</param>
public sealed record InstanceCounts(
    int Total, int Waiting, int Recovering, int AwaitingReadiness, int Recovered, int Failed, int Unplaced, int Skipped)
{
    internal static InstanceCounts Of(IReadOnlyCollection<InstanceState> states)
    {
        return new(
            states.Count,
            In(InstanceState.Waiting),
            In(InstanceState.Recovering, InstanceState.PuttingBack),
            In(InstanceState.AwaitingReadiness),
            In(InstanceState.Recovered),
            In(InstanceState.Failed, InstanceState.FailedUnclean),
            In(InstanceState.Unplaced),
            In(InstanceState.Skipped));

        int In(params InstanceState[] wanted) => states.Count(wanted.Contains);
    }
}

/// <summary>One instance of a recovery.</summary>
/// <param name="Instance">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">The host that it is taken from.</param>
/// <param name="Target">The host that takes it; missing while none can.</param>
/// <param name="Route">In a cloud how it is brought up: direct (the executors start it) or assisted (Nova starts it); missing elsewhere.</param>
/// <param name="Position">Its place in the plan's order.</param>
/// <param name="Intent">run, pause or stayOff: how it shall be afterwards.</param>
/// <param name="State">waiting, recovering, puttingBack, awaitingReadiness; recovered, failed, failedUnclean, unplaced and skipped are ends.</param>
/// <param name="Reason">Why it failed or is unplaced.</param>
/// <param name="Attempt">1 for the first; each retry adds one.</param>
/// <param name="SkipRequested">Somebody wants it left alone; it is not begun.</param>
/// <param name="CanBeRetried">POST its /retry.</param>
/// <param name="StartedAt">When its steps began.</param>
/// <param name="ReadyAt">When it was seen as it shall be.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record RecoveryInstanceResource(
    Guid Instance,
    string Name,
    string Source,
    string? Target,
    RecoveryRoute? Route,
    int Position,
    PowerIntent Intent,
    InstanceState State,
    string Reason,
    int Attempt,
    bool SkipRequested,
    bool CanBeRetried,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ReadyAt,
    DateTimeOffset? FinishedAt)
{
    internal static RecoveryInstanceResource From(RecoveryInstanceRow row) => new(
        row.InstanceId,
        row.Name,
        row.Source,
        row.Target,
        row.Route.Shown(),
        row.Position,
        row.Intent,
        row.State,
        row.Reason,
        row.Attempt,
        row.SkipRequested,
        row.State.CanBeRetried(),
        row.StartedAt,
        row.ReadyAt,
        row.FinishedAt);
}

/// <summary>Something that happened in a recovery.</summary>
/// <param name="Id">Grows; where a reader resumes.</param>
/// <param name="At">When.</param>
/// <param name="Type">recovery-state, instance-state, plan, replan, fence, step, progress, alarm or operator.</param>
/// <param name="Message">For a human.</param>
/// <param name="Instance">The instance that it is about; missing when it is about all.</param>
/// <param name="Host">The host that it is about.</param>
/// <param name="Step">The step that it is about.</param>
/// <param name="State">The state of the recovery, or of the instance if one is named, after it.</param>
public sealed record EventResource(
    long Id,
    DateTimeOffset At,
    string Type,
    string Message,
    Guid? Instance,
    string? Host,
    StepAction? Step,
    string? State)
{
    internal static EventResource From(EventRow row) => new(
        row.Id, row.At, row.Type, row.Message, row.InstanceId, row.Host, row.Step, row.State.Length > 0 ? row.State : null);
}

/// <summary>The end of a stream of events.</summary>
/// <param name="Type">Always end.</param>
/// <param name="State">The recovery's state.</param>
/// <param name="Reason">Why it ended as it did, or what it waits for.</param>
/// <param name="Final">It has ended; otherwise only this stream has, and ?after= goes on.</param>
/// <param name="After">The id of the last event that was sent, for ?after=.</param>
public sealed record EventsEnd(string Type, RecoveryState State, string Reason, bool Final, long After);
