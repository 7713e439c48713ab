using System.Globalization;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>Which way an instance is brought up, and why; or why by none.</summary>
/// <param name="Reason">For a human, to go on with "because".</param>
/// <param name="Closed">No way is open: the rejection that says so. Null when one is.</param>
internal sealed record ChosenRoute(RecoveryRoute Route, string Reason, Rejection? Closed = null);

/// <summary>
/// Chooses. By Nova where its nova-compute lives on the target, for then everything is as Nova makes it; else by the
/// executors. Whoever wished one gets that one or none.
/// </summary>
/// <param name="wished">Null: whichever is best.</param>
/// <param name="compute">Why Nova's API does not answer; null when it does.</param>
internal sealed class CloudRoutes(RecoveryRoute? wished, string? compute, OpenStackOptions options, DateTimeOffset now)
{
    /// <summary>What a request wishes, else what is configured; null: whichever is best.</summary>
    public static RecoveryRoute? Wish(RecoveryRoute? asked, OpenStackOptions options) => asked ?? options.Path switch
    {
        "direct" => RecoveryRoute.Direct,
        "assisted" => RecoveryRoute.Assisted,
        _ => null,
    };

    /// <param name="kept">Its definition; null when there is none.</param>
    public ChosenRoute Of(Move move, TargetFacts target, KeptDefinition? kept)
    {
        if (move.Intent == PowerIntent.StayOff)
        {
            return new(wished ?? RecoveryRoute.Direct, "it stays off, so only rows are written, and nothing is started");
        }

        var notByNova = WhyNotAssisted(move, target);
        var notByUs = WhyNotDirect(kept);
        return (wished, notByNova, notByUs) switch
        {
            (RecoveryRoute.Assisted, null, _) => new(RecoveryRoute.Assisted, $"it was wished, and {Alive(target)}"),
            (RecoveryRoute.Assisted, { } why, _) => Closed(new(move.Target, RejectionKind.NoRoute,
                $"the route assisted was wished, and {why}; wish the route direct, or none")),
            (RecoveryRoute.Direct, _, null) => new(RecoveryRoute.Direct, "it was wished"),
            (RecoveryRoute.Direct, _, { } why) => Closed(new("", RejectionKind.DefinitionRefused,
                $"the route direct was wished, and no executor can define it: {why}")),
            (_, null, _) => new(RecoveryRoute.Assisted, Alive(target)),
            (_, { } why, null) => new(RecoveryRoute.Direct, why),
            (_, { } why, { } nor) => Closed(new(move.Target, RejectionKind.NoRoute,
                $"Nova can't bring it up there, for {why}; nor can an executor: {nor}")),
        };
    }

    private static ChosenRoute Closed(Rejection why) =>
        new(RecoveryRoute.Plain, "", why with { Sentence = why.Sentence.TrimEnd('.') });

    private string Alive(TargetFacts target) => $"nova-compute on {target.Host} was seen {Ago(target.Service!.LastSeenUp!.Value)}, and Nova's API answers";

    private string? WhyNotAssisted(Move move, TargetFacts target) => target.Service switch
    {
        _ when move.Intent == PowerIntent.Pause => "it was paused, and Nova's start would let it run",
        null => $"{target.Host} has no nova-compute",
        { ForcedDown: true } => $"nova-compute on {target.Host} is down by force",
        { Disabled: true } => $"nova-compute on {target.Host} is disabled",
        { LastSeenUp: null } => $"nova-compute on {target.Host} was never seen",
        { LastSeenUp: { } seen } when (now.UtcDateTime - seen).Duration() > TimeSpan.FromSeconds(options.ServiceDownSeconds) =>
            $"nova-compute on {target.Host} was seen {Ago(seen)} and is down",
        _ when compute is not null => $"Nova's API does not answer ({compute.TrimEnd('.')})",
        _ => null,
    };

    private static string? WhyNotDirect(KeptDefinition? kept) =>
        kept is null ? "it has no definition." : kept.Refusals.Count == 0 ? null : string.Join(" ", kept.Refusals);

    // Nova writes it in its own time, which may be ahead of ours.
    private string Ago(DateTime seen) => (now.UtcDateTime - seen) switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 2 } ago => string.Create(CultureInfo.InvariantCulture, $"{(long)ago.TotalSeconds} s ago"),
        { TotalHours: < 2 } ago => string.Create(CultureInfo.InvariantCulture, $"{(long)ago.TotalMinutes} min ago"),
        var ago => string.Create(CultureInfo.InvariantCulture, $"{(long)ago.TotalHours} h ago"),
    };
}
