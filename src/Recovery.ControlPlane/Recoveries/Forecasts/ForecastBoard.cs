using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Recoveries.Forecasts;

/// <summary>A forecast as it was computed last.</summary>
/// <param name="Forecast">What each loss would mean.</param>
/// <param name="ComputedIn">How long computing it took.</param>
/// <param name="Stale">The inventory has moved since; a newer one is on its way.</param>
public sealed record KnownForecast(Forecast Forecast, TimeSpan ComputedIn, bool Stale);

/// <summary>The last forecasts, always at hand. Asking for one never computes anything.</summary>
public sealed class ForecastBoard(
    IInventory inventory, LivenessBoard liveness, InventoryChanges changes, PlannerOptions options, TimeProvider time)
{
    /// <summary>Changes through other replicas are not seen otherwise.</summary>
    private static readonly TimeSpan OldestToTrust = TimeSpan.FromMinutes(5);

    private volatile Computed? latest;

    /// <summary>What computing all levels took last.</summary>
    public TimeSpan ComputedIn => latest?.Took ?? TimeSpan.Zero;

    /// <summary>Why the last try could not read the cluster; empty when it could.</summary>
    public string Unreachable { get; private set; } = "";

    public bool IsOutdated => latest is not { } known
        || changes.Version != known.Version
        || time.GetUtcNow() - known.At > OldestToTrust
        || known.Hosts.Any(host => liveness.Of(host.Name, host.Liveness != HostLiveness.NeverSeen) != host.Liveness);

    /// <summary>Null until the first is computed.</summary>
    public KnownForecast? Of(ForecastLevel level) => latest is { } known
        ? new KnownForecast(known.Levels[level].Forecast, known.Levels[level].Took, IsOutdated)
        : null;

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // Before the snapshot: what changes while it is read is found changed afterwards.
        var version = changes.Version;
        var cluster = await SnapshotAsync(cancellationToken);

        // Right after a start every host is silent because none was heard yet: nothing could be survived, it would say.
        if (latest is null && cluster.Hosts.Any(host => liveness.TooEarlyToTell(host.Name) is not null))
        {
            return;
        }

        var levels = await Task.Run(
            () => Enum.GetValues<ForecastLevel>().ToDictionary(level => level, level => Timed(cluster, level)), cancellationToken);
        latest = new Computed(version, cluster.At, cluster.Hosts, levels);
    }

    private async Task<ClusterSnapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        try
        {
            var cluster = await inventory.SnapshotAsync(exceptRecovery: null, cancellationToken);
            Unreachable = "";
            return cluster;
        }
        catch (InventoryUnreachableException unreachable)
        {
            Unreachable = unreachable.Message;
            throw;
        }
    }

    private (Forecast Forecast, TimeSpan Took) Timed(ClusterSnapshot cluster, ForecastLevel level)
    {
        var begun = time.GetTimestamp();
        return (Forecaster.Of(cluster, level, options), time.GetElapsedTime(begun));
    }

    private sealed record Computed(
        long Version,
        DateTimeOffset At,
        IReadOnlyList<Host> Hosts,
        IReadOnlyDictionary<ForecastLevel, (Forecast Forecast, TimeSpan Took)> Levels)
    {
        public TimeSpan Took => Levels.Values.Aggregate(TimeSpan.Zero, (sum, level) => sum + level.Took);
    }
}
