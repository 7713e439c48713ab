using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Inventory;

/// <summary>A fence proof turned out to be void: whoever watches a recovery that may have relied on it is told.</summary>
internal static class ProofAlarm
{
    // A recovery that has just ended may have ended for this very reason, or too early to notice.
    private static readonly TimeSpan JustEnded = TimeSpan.FromMinutes(1);

    /// <param name="database">Inside the transaction that voids the proof; the alarms are saved with it.</param>
    /// <param name="host">That it was about.</param>
    /// <param name="sentence">What happened, and what an operator can do.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    public static async Task RaiseAsync(
        RecoveryDbContext database, string host, string sentence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - JustEnded;
        var concerned = await database.Recoveries
            .Where(row => RecoveryRow.LiveStates.Contains(row.State) || row.FinishedAt > since)
            .Where(row => row.Instances.Any(each => each.Source == host))
            .Select(row => row.Id)
            .ToListAsync(cancellationToken);
        database.Events.AddRange(concerned.Select(recovery => new EventRow
        {
            RecoveryId = recovery,
            At = now,
            Type = EventTypes.Alarm,
            Host = host,
            Message = sentence,
        }));
    }
}
