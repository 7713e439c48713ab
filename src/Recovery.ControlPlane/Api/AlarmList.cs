using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api;

/// <summary>Alarms as they are read.</summary>
internal sealed class AlarmList(IDbContextFactory<RecoveryDbContext> databases, TimeProvider time)
{
    /// <summary>Those that last, the loudest and oldest first. What may still be a migration is none yet.</summary>
    public async Task<IReadOnlyList<AlarmResource>> OpenAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var open = await database.Alarms.AsNoTracking()
            .Where(row => row.OpenSubject != null)
            .OrderBy(row => row.Id)
            .ToListAsync(cancellationToken);
        var ripe = time.GetUtcNow() - CopyAlarms.MigrationTakes;
        return [.. open
            .Where(row => row.Kind == AlarmKinds.SplitBrain || row.Since <= ripe)
            .OrderBy(row => row.Kind != AlarmKinds.SplitBrain)
            .Select(AlarmResource.From)];
    }
}
