using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What a recovery would do, as things were then. Nothing was changed, and nothing is reserved.</summary>
/// <param name="Id">For {"plan":"…"} of a recovery; missing in the answer to a dryRun, which keeps nothing.</param>
/// <param name="At">When the cluster was looked at.</param>
/// <param name="ExpiresAt">Until when it can be carried out by its id.</param>
/// <param name="Hosts">The hosts that would be recovered from.</param>
/// <param name="Moves">In the order in which they would be carried out.</param>
/// <param name="Unplaced">Instances that no host can take, with the reasons of the hosts that came nearest, who took the room, and what would help.</param>
/// <param name="Estimate">How long it would take.</param>
/// <param name="Warnings">What to know before the plan is trusted, and what stands against carrying it out now.</param>
public sealed record PlanResource(
    Guid? Id,
    DateTimeOffset At,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<MoveResource> Moves,
    IReadOnlyList<Unplaced> Unplaced,
    EstimateResource Estimate,
    IReadOnlyList<PlanWarning> Warnings)
{
    /// <param name="row">The plan.</param>
    /// <param name="kept">It can be asked for again by its id.</param>
    internal static PlanResource From(PlanRow row, bool kept)
    {
        var times = row.Estimate.Moves.ToDictionary(move => move.Instance);
        return new(
            kept ? row.Id : null,
            row.At,
            kept ? row.ExpiresAt : null,
            row.Request.Hosts,
            [.. row.Plan.Moves.Select((move, index) => MoveResource.From(
                index + 1, move, times.GetValueOrDefault(move.Instance), row.Changes.GetValueOrDefault(move.Instance)))],
            row.Plan.Unplaced,
            new(row.Estimate.TotalSeconds, row.Estimate.FenceSeconds, row.Estimate.BasedOn),
            row.Warnings);
    }
}

/// <summary>One instance, from the host that it belongs to, to the host that takes it.</summary>
/// <param name="Order">Its place in the plan, from 1.</param>
/// <param name="Instance">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">The host that it is taken from.</param>
/// <param name="Target">The host that takes it.</param>
/// <param name="Intent">run, pause or stayOff: how it shall be afterwards.</param>
/// <param name="Priority">0 to 100; higher tiers are placed and started first.</param>
/// <param name="After">Instances of this plan whose turn has to be over before its own.</param>
/// <param name="OnlyTarget">No other host could take it.</param>
/// <param name="EstimatedSeconds">From its first step until it is as it shall be; missing without history.</param>
/// <param name="StartsAfterSeconds">From the request until its first step; missing without history.</param>
/// <param name="Changes">What the target would rewrite in its definition, a sentence each; missing when the target did not say.</param>
/// <param name="Route">In a cloud how it would be brought up: direct (the executors start it) or assisted (Nova starts it); missing elsewhere.</param>
/// <param name="RouteReason">Why by that one.</param>
/// <param name="Writes">In a cloud what would be written in its databases, old and new values, a sentence each; missing elsewhere.</param>
public sealed record MoveResource(
    int Order,
    Guid Instance,
    string Name,
    string Source,
    string Target,
    PowerIntent Intent,
    int Priority,
    IReadOnlyList<Guid> After,
    bool OnlyTarget,
    double? EstimatedSeconds,
    double? StartsAfterSeconds,
    IReadOnlyList<string>? Changes,
    RecoveryRoute? Route = null,
    string? RouteReason = null,
    IReadOnlyList<string>? Writes = null)
{
    internal static MoveResource From(int order, Move move, MoveEstimate? time, IReadOnlyList<string>? changes) => new(
        order,
        move.Instance,
        move.Name,
        move.Source,
        move.Target,
        move.Intent,
        move.Priority,
        move.After,
        move.OnlyTarget,
        time?.Seconds,
        time?.StartsAfterSeconds,
        changes,
        move.Route.Shown(),
        move.RouteReason.Length > 0 ? move.RouteReason : null,
        move.Route == RecoveryRoute.Plain ? null : move.Writes);
}

/// <summary>How long a plan would take, from what recoveries took in this installation.</summary>
/// <param name="TotalSeconds">From the request until the last instance is as it shall be; missing without history.</param>
/// <param name="FenceSeconds">Of it until the hosts are proven off; missing without history.</param>
/// <param name="BasedOn">What it was computed from.</param>
public sealed record EstimateResource(double? TotalSeconds, double? FenceSeconds, string BasedOn);
