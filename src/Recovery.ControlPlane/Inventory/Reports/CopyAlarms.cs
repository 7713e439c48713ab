using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>An alarm that began or ended.</summary>
internal sealed record AlarmChange(AlarmRow Alarm, bool Ended)
{
    public void LogTo(ILogger log)
    {
        if (Ended)
        {
            log.LogWarning("The alarm is over: {Alarm}", Alarm.Message);
        }
        else if (Alarm.Kind == AlarmKinds.SplitBrain)
        {
            log.LogCritical("{Alarm}", Alarm.Message);
        }
    }
}

/// <summary>
/// The loudest alarm: one guest on two hosts. It begins and ends in the transaction of the report that says so, and
/// nothing is ever ended or undefined because of it: which copy is right is for a human to say.
/// </summary>
/// <remarks>
/// Two that run are an alarm at once. One that runs and one that is paused is what a live migration looks like, so it is
/// told as a warning when it lasts for more than a minute. A host that falls silent ends no alarm: what runs there may
/// run on. A proof that it is off does.
/// </remarks>
internal static class CopyAlarms
{
    /// <summary>No migration keeps two copies active for so long.</summary>
    public static readonly TimeSpan MigrationTakes = TimeSpan.FromMinutes(1);

    /// <summary>The kind of alarm, and the hosts; null when there is none. Pure.</summary>
    /// <param name="copies">All copies.</param>
    /// <param name="alarmed">Hosts of an alarm that is open: these are believed although they are silent now.</param>
    public static (string Kind, List<string> Hosts)? Of(IReadOnlyList<DomainCopy> copies, IReadOnlyCollection<string> alarmed)
    {
        var active = copies.Where(copy => copy.IsActive && (copy.HostIsUp || alarmed.Contains(copy.Host))).ToList();
        var running = active.FindAll(copy => copy.Runs);
        return (running.Count, active.Count) switch
        {
            ( > 1, _) => (AlarmKinds.SplitBrain, running.ConvertAll(copy => copy.Host)),
            (1, > 1) => (AlarmKinds.PausedCopy, active.ConvertAll(copy => copy.Host)),
            _ => null,
        };
    }

    public static async Task<Dictionary<Guid, InstanceCopies>> CopiesAsync(
        RecoveryDbContext database,
        IReadOnlyCollection<Guid> instances,
        IReadOnlyDictionary<string, bool> isUp,
        CancellationToken cancellationToken)
    {
        var rows = await database.Domains.AsNoTracking()
            .Where(row => instances.Contains(row.Uuid))
            .Select(row => new { row.Uuid, row.Host, row.State, row.WhyOffIsForgotten, row.Name })
            .ToListAsync(cancellationToken);
        return rows.Where(row => isUp.ContainsKey(row.Host))
            .GroupBy(row => row.Uuid)
            .ToDictionary(
                copies => copies.Key,
                copies => new InstanceCopies(
                    copies.First().Name,
                    [.. copies.Select(row => new DomainCopy(row.Host, row.State, isUp[row.Host], row.WhyOffIsForgotten))
                        .OrderBy(copy => copy.Host, StringComparer.Ordinal)]));
    }

    /// <summary>Begins and ends alarms as the copies are now, with their audit, in the caller's transaction.</summary>
    public static async Task<IReadOnlyList<AlarmChange>> KeepAsync(
        RecoveryDbContext database,
        IReadOnlyCollection<Guid> instances,
        IReadOnlyDictionary<Guid, InstanceCopies> copiesOf,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var open = (await database.Alarms
            .Where(row => row.OpenSubject != null && instances.Contains(row.InstanceId))
            .ToListAsync(cancellationToken)).ToLookup(row => row.InstanceId);
        var off = await ProvenOffAsync(database, [.. open.SelectMany(alarms => alarms).SelectMany(alarm => alarm.Hosts)], now, cancellationToken);
        var changes = new List<AlarmChange>();
        foreach (var id in instances)
        {
            var copies = copiesOf.GetValueOrDefault(id);
            var alarmed = open[id].SelectMany(alarm => alarm.Hosts).Except(off).ToHashSet(StringComparer.Ordinal);
            var found = copies is null ? null : Of(copies.Copies, alarmed);
            foreach (var alarm in open[id].Where(alarm => alarm.Kind != found?.Kind))
            {
                End(database, alarm, now);
                changes.Add(new AlarmChange(alarm, Ended: true));
            }

            if (found is not { } alarming)
            {
                continue;
            }

            if (open[id].FirstOrDefault(alarm => alarm.Kind == alarming.Kind) is { } lasting)
            {
                lasting.LastSeen = now;
                lasting.Hosts = alarming.Hosts;
                lasting.Message = Message(alarming.Kind, copies!.Name, id, alarming.Hosts);
            }
            else
            {
                changes.Add(new AlarmChange(Begin(database, alarming.Kind, id, copies!.Name, alarming.Hosts, now), Ended: false));
            }
        }

        return changes;
    }

    private static AlarmRow Begin(
        RecoveryDbContext database, string kind, Guid id, string name, List<string> hosts, DateTimeOffset now)
    {
        var alarm = new AlarmRow
        {
            Kind = kind,
            OpenSubject = AlarmRow.SubjectOf(kind, id),
            InstanceId = id,
            Name = name,
            Hosts = hosts,
            Since = now,
            LastSeen = now,
            Message = Message(kind, name, id, hosts),
        };
        database.Alarms.Add(alarm);
        database.Audit.Add(new AuditRow
        {
            At = now,
            Who = AuditRow.System,
            Action = AuditActions.Alarm,
            InstanceId = id,
            Details = $"{kind}: {alarm.Message}",
        });
        return alarm;
    }

    private static void End(RecoveryDbContext database, AlarmRow alarm, DateTimeOffset now)
    {
        alarm.OpenSubject = null;
        alarm.EndedAt = now;
        database.Audit.Add(new AuditRow
        {
            At = now,
            Who = AuditRow.System,
            Action = AuditActions.EndAlarm,
            InstanceId = alarm.InstanceId,
            Details = FormattableString.Invariant(
                $"{alarm.Kind}: {alarm.Name} is not active on {And(alarm.Hosts)} at once any more. It lasted for {(now - alarm.Since).TotalSeconds:0.#} s. What was written meanwhile may be damaged: check its disks."),
        });
    }

    // A silent host's word stands until something proves that it is off since.
    private static async Task<List<string>> ProvenOffAsync(
        RecoveryDbContext database, List<string> hosts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (hosts.Count == 0)
        {
            return [];
        }

        var heard = await database.Hosts.AsNoTracking().Where(row => hosts.Contains(row.Name))
            .ToDictionaryAsync(row => row.Name, row => row.LastHeardAt, cancellationToken);
        var proofs = await database.FenceProofs.AsNoTracking()
            .Where(row => row.VoidedAt == null && hosts.Contains(row.Host))
            .ToListAsync(cancellationToken);

        // It has a guest active, so being heard contradicts also its own executor's word.
        return [.. proofs
            .Where(row => row.ToProof().IsValid(now, new HostSigns(heard.GetValueOrDefault(row.Host), heard.GetValueOrDefault(row.Host))))
            .Select(row => row.Host)];
    }

    private static string Message(string kind, string name, Guid id, List<string> hosts) => kind == AlarmKinds.SplitBrain
        ? $"CONFLICT: {name} ({id}) RUNS ON {hosts.Count} HOSTS AT ONCE, {And(hosts)}: its copies write the same disks. Look at these hosts now, decide which copy is right, and end the others by hand: virsh destroy {name}. Recovery ends neither."
        : $"{name} ({id}) runs on one and is paused on another of {And(hosts)}. If that is no migration, end the copy that is wrong before it runs: virsh destroy {name}.";

    private static string And(List<string> hosts) => string.Join(" and ", hosts);
}
