using Recovery.ControlPlane.Recoveries.Forecasts;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>N+1: what each loss would mean.</summary>
/// <param name="At">When the cluster was looked at.</param>
/// <param name="ComputedInMs">How long computing it took, in milliseconds.</param>
/// <param name="Stale">The inventory has moved since; a newer forecast is on its way.</param>
/// <param name="Level">host or domain: what is lost at a time.</param>
/// <param name="Survivable">So many losses would leave no instance down.</param>
/// <param name="Total">Of so many.</param>
/// <param name="HeadRoom">What is free on the hosts that take instances now.</param>
/// <param name="Losses">Those that could not be survived first, then by name.</param>
public sealed record ForecastResource(
    DateTimeOffset At,
    double ComputedInMs,
    bool Stale,
    ForecastLevel Level,
    int Survivable,
    int Total,
    HeadRoom HeadRoom,
    IReadOnlyList<LossResource> Losses)
{
    internal static ForecastResource From(KnownForecast known) => new(
        known.Forecast.At,
        Math.Round(known.ComputedIn.TotalMilliseconds, 1),
        known.Stale,
        known.Forecast.Level,
        known.Forecast.Survivable,
        known.Forecast.Losses.Count,
        known.Forecast.HeadRoom,
        [.. known.Forecast.Losses.Select(LossResource.From)]);
}

/// <summary>The loss of one host or failure domain.</summary>
/// <param name="Name">Of the host or domain.</param>
/// <param name="Hosts">What is lost.</param>
/// <param name="Instances">How many instances would have to move.</param>
/// <param name="Survivable">None of them would stay down.</param>
/// <param name="StaysDown">What no other host could take.</param>
/// <param name="MostLoaded">The survivor that is fullest afterwards; missing when nothing survives.</param>
public sealed record LossResource(
    string Name,
    IReadOnlyList<string> Hosts,
    int Instances,
    bool Survivable,
    IReadOnlyList<StaysDownResource> StaysDown,
    Load? MostLoaded)
{
    internal static LossResource From(Loss loss) => new(
        loss.Name, loss.Hosts, loss.Instances, loss.Survivable, [.. loss.StaysDown.Select(StaysDownResource.From)], Rounded(loss.MostLoaded));

    private static Load? Rounded(Load? load) => load is null
        ? null
        : load with { MemoryPercent = Math.Round(load.MemoryPercent, 1), VcpuPercent = Math.Round(load.VcpuPercent, 1) };
}

/// <summary>An instance that would stay down.</summary>
/// <param name="Instance">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">The host that it is on.</param>
/// <param name="Priority">0 to 100; higher tiers are placed first.</param>
/// <param name="Reasons">Of the hosts that come nearest, the most frequent first; a plan has them host by host.</param>
/// <param name="Nearest">The reason of the host that comes nearest; missing when there is no other host.</param>
/// <param name="WouldHelp">What would make room for it, the least first.</param>
public sealed record StaysDownResource(
    Guid Instance,
    string Name,
    string Source,
    int Priority,
    IReadOnlyList<ReasonCount> Reasons,
    string? Nearest,
    IReadOnlyList<string> WouldHelp)
{
    internal static StaysDownResource From(Unplaced unplaced)
    {
        var reasons = unplaced.Rejections.Where(rejection => rejection.Kind != RejectionKind.IsSource).ToList();
        return new(
            unplaced.Instance,
            unplaced.Name,
            unplaced.Source,
            unplaced.Priority,
            [.. reasons.CountBy(rejection => rejection.Kind)
                .OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key)
                .Select(kind => new ReasonCount(kind.Key, kind.Value))],
            reasons.FirstOrDefault()?.Sentence,
            unplaced.WouldHelp);
    }
}

/// <summary>How often a reason occurs.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Hosts">So many hosts have it.</param>
public sealed record ReasonCount(RejectionKind Kind, int Hosts);
