using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Libvirt;

/// <summary>Applies the rules of belonging to the rows, after a report has changed them.</summary>
public sealed class BelongingKeeper(LivenessBoard liveness, ILogger<BelongingKeeper> log)
{
    // A list: EF can't translate Contains of an array, which is that of a span since C# 14.
    internal static readonly List<RecoveryState> LiveStates = [.. Enum.GetValues<RecoveryState>().Where(state => !state.IsFinal())];

    /// <param name="database">Inside the transaction of the report.</param>
    /// <param name="reporter">Whoever reports is up, whatever the board says.</param>
    /// <param name="touched">The instances that the report says something about.</param>
    /// <param name="now">Since when what moves belongs to its new host.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    /// <returns>What changed; to be announced once the transaction is committed.</returns>
    internal async Task<Findings> DecideAsync(
        RecoveryDbContext database,
        string reporter,
        IReadOnlyCollection<Guid> touched,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (touched.Count == 0)
        {
            return Findings.None;
        }

        var registered = await database.Hosts.Select(row => row.Name).ToHashSetAsync(cancellationToken);
        var instances = await database.Instances.Where(row => touched.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id, cancellationToken);
        var holds = await HoldsAsync(database, touched, cancellationToken);
        var off = await OffSinceAsync(database, cancellationToken);
        var isUp = registered.ToDictionary(
            host => host,
            host => host == reporter
                || (liveness.Of(host, everReported: true) == HostLiveness.Up && !(off.GetValueOrDefault(host) > liveness.LastHeard(host))));
        var copiesOf = await CopyAlarms.CopiesAsync(database, touched, isUp, cancellationToken);

        var findings = new List<Finding>();
        foreach (var id in touched)
        {
            var row = instances.GetValueOrDefault(id);
            var hold = holds.GetValueOrDefault(id);

            // A host that was deleted owns nothing, unless a recovery is just bringing its instance up elsewhere.
            var owner = row is not null && (hold is not null || registered.Contains(row.Host)) ? row.Host : null;
            var verdict = Belonging.Of(
                owner,
                owner is not null && isUp.GetValueOrDefault(owner),
                copiesOf.GetValueOrDefault(id)?.Copies ?? [],
                hold);
            Apply(database, row, id, verdict, now);
            if (verdict.Host != row?.Host)
            {
                findings.Add(new Finding(id, copiesOf.GetValueOrDefault(id)?.Name ?? "", row?.Host, verdict));
            }
        }

        var alarms = await CopyAlarms.KeepAsync(database, touched, copiesOf, now, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        return new Findings(findings, alarms);
    }

    internal void Announce(Findings findings)
    {
        foreach (var alarm in findings.Alarms)
        {
            alarm.LogTo(log);
        }

        foreach (var (id, name, from, verdict) in findings.Moved)
        {
            if (verdict.Host is null)
            {
                log.LogWarning("Instance {Id} is forgotten: {Host} reports that it has no such domain, and no other host has one", id, from);
            }
            else if (from is null)
            {
                log.LogInformation("Instance {Instance} {Id} belongs to {Host}: it was not known before", name, id, verdict.Host);
            }
            else
            {
                log.LogInformation("Instance {Instance} {Id} moved from {Source} to {Target} without Recovery", name, id, from, verdict.Host);
            }
        }
    }

    // Just switched off, a host still counts as up until it has missed its heartbeats; its guests may run elsewhere by then.
    private static async Task<Dictionary<string, DateTimeOffset?>> OffSinceAsync(
        RecoveryDbContext database, CancellationToken cancellationToken)
    {
        var proofs = await database.FenceProofs.AsNoTracking()
            .Where(row => row.VoidedAt == null && (row.Kind == FenceProofKind.PowerOff || row.Kind == FenceProofKind.Attestation))
            .Select(row => new { row.Host, row.At })
            .ToListAsync(cancellationToken);
        return proofs.GroupBy(row => row.Host, StringComparer.Ordinal)
            .ToDictionary(rows => rows.Key, rows => (DateTimeOffset?)rows.Max(row => row.At), StringComparer.Ordinal);
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
            .Join(database.Recoveries.Where(row => LiveStates.Contains(row.State)),
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

    /// <summary>What a report changed.</summary>
    internal sealed record Findings(IReadOnlyList<Finding> Moved, IReadOnlyList<AlarmChange> Alarms)
    {
        public static readonly Findings None = new([], []);
    }

    /// <summary>To which host an instance belongs since one report.</summary>
    internal sealed record Finding(Guid Instance, string Name, string? From, Verdict Verdict);
}
