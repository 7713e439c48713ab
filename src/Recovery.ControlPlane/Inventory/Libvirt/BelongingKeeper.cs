using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Libvirt;

/// <summary>Applies the rules of belonging to the rows, after a report has changed them.</summary>
public sealed class BelongingKeeper : IBelonging
{
    public async Task<IReadOnlyList<BelongingChange>> DecideAsync(
        RecoveryDbContext database, ReportedCopies reported, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var instances = await database.Instances.Where(row => reported.Touched.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id, cancellationToken);
        var holds = await HoldsAsync(database, reported.Touched, cancellationToken);

        var changes = new List<BelongingChange>();
        foreach (var id in reported.Touched)
        {
            var row = instances.GetValueOrDefault(id);
            var hold = holds.GetValueOrDefault(id);
            var copies = reported.CopiesOf.GetValueOrDefault(id);

            // A host that was deleted owns nothing, unless a recovery is just bringing its instance up elsewhere.
            var owner = row is not null && (hold is not null || reported.IsUp.ContainsKey(row.Host)) ? row.Host : null;
            var verdict = Belonging.Of(owner, owner is not null && reported.IsUp.GetValueOrDefault(owner), copies?.Copies ?? [], hold);
            if (verdict.Host != row?.Host)
            {
                changes.Add(new BelongingChange(id, copies?.Name ?? "", row?.Host, verdict.Host));
            }

            Apply(database, row, id, verdict, now);
        }

        return changes;
    }

    private static void Apply(RecoveryDbContext database, InstanceRow? row, Guid id, Verdict verdict, DateTimeOffset now)
    {
        if (row is null)
        {
            if (verdict.Host is not null)
            {
                database.Add(new InstanceRow { Id = id, Host = verdict.Host, Since = now });
            }
        }
        else if (verdict.Host is null)
        {
            database.Remove(row);
        }
        else if (verdict.Host != row.Host)
        {
            row.Host = verdict.Host;
            row.Since = now;
        }
    }

    private static async Task<Dictionary<Guid, RecoveryHold>> HoldsAsync(
        RecoveryDbContext database, IReadOnlyCollection<Guid> touched, CancellationToken cancellationToken)
    {
        var subjects = touched.Select(RecoveryLockRow.ForInstance).ToList();
        var locks = await database.Locks.AsNoTracking().Where(row => subjects.Contains(row.Subject)).ToListAsync(cancellationToken);
        var live = await database.RecoveryInstances.AsNoTracking()
            .Where(row => touched.Contains(row.InstanceId))
            .Join(database.Recoveries.Where(row => RecoveryRow.LiveStates.Contains(row.State)),
                instance => instance.RecoveryId, recovery => recovery.Id,
                (instance, _) => new { instance.RecoveryId, instance.InstanceId, instance.Target, instance.Task })
            .ToListAsync(cancellationToken);

        // Only what is brought up elsewhere is expected to be active there. A stale copy that is being forgotten is not.
        var targets = live.ToDictionary(
            row => (row.RecoveryId, row.InstanceId), row => row.Task == InstanceTask.Move ? row.Target : null);
        var held = locks.ToDictionary(row => row.Subject, row => row.RecoveryId);
        return touched
            .Where(id => held.ContainsKey(RecoveryLockRow.ForInstance(id)))
            .ToDictionary(
                id => id,
                id => new RecoveryHold(targets.GetValueOrDefault((held[RecoveryLockRow.ForInstance(id)], id))));
    }
}
