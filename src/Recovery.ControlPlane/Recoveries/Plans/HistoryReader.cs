using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>Reads what recoveries took here from their own rows.</summary>
public sealed class HistoryReader(IDbContextFactory<RecoveryDbContext> contexts, TimeProvider time)
{
    private const int AtMost = 200;

    public async Task<RecoveryHistory> ReadAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(RecoveryHistory.Days);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var instances = await context.RecoveryInstances.AsNoTracking()
            .Where(row => row.State == InstanceState.Recovered && row.StartedAt != null && row.ReadyAt > since)
            .OrderByDescending(row => row.ReadyAt)
            .Take(AtMost)
            .Select(row => new { row.Intent, row.StartedAt, row.ReadyAt })
            .ToListAsync(cancellationToken);
        var fences = await context.Recoveries.AsNoTracking()
            .Where(row => row.PlannedAt != null && row.FencedAt > since)
            .OrderByDescending(row => row.FencedAt)
            .Take(AtMost)
            .Select(row => new { row.PlannedAt, row.FencedAt })
            .ToListAsync(cancellationToken);

        var seconds = instances.ToLookup(
            row => row.Intent == PowerIntent.StayOff, row => (row.ReadyAt!.Value - row.StartedAt!.Value).TotalSeconds);
        return new RecoveryHistory(
            instances.Count,
            Median(seconds[false]),
            Median(seconds[true]),
            Median(fences.Select(row => (row.FencedAt!.Value - row.PlannedAt!.Value).TotalSeconds)));
    }

    // A recovery that was planned again for a retry was fenced before: that took no time then.
    private static double? Median(IEnumerable<double> seconds)
    {
        var sorted = seconds.Select(each => Math.Max(0, each)).Order().ToList();
        return sorted.Count switch
        {
            0 => null,
            var count when count % 2 == 1 => sorted[count / 2],
            var count => (sorted[(count / 2) - 1] + sorted[count / 2]) / 2,
        };
    }
}
