using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>
/// Writes what executors report into the database. Each report is one transaction: the domains of the host and what
/// follows from them for belonging change together, or not at all.
/// </summary>
public sealed class ReportRecorder(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, IBelonging belonging, InventoryChanges changes,
    TimeProvider time, ILogger<ReportRecorder> log)
    : IDisposable
{
    private const string NoWordOfBoot = "";

    // SQLite has one writer. Waiting here is fair and immediate; waiting in SQLite is a poll that may starve.
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>A whole node report. It replaces what was known of the host's domains, if libvirt could be asked.</summary>
    public Task RecordAsync(HostReport report, CancellationToken cancellationToken) =>
        InTurnAsync(
            report.Host,
            report.Boot,
            report.Hypervisor?.Domains ?? [],
            report.At,
            (database, host) => ReplaceAsync(database, host, report, cancellationToken),
            cancellationToken);

    /// <summary>A domain appeared on its host, or changed.</summary>
    public Task RecordAsync(DomainRow domain, CancellationToken cancellationToken) =>
        InTurnAsync(domain.Host, NoWordOfBoot, [domain], domain.ReportedAt, async (database, _) =>
        {
            var known = await database.Domains.FindAsync([domain.Host, domain.Uuid], cancellationToken);
            Put(database, known, domain);
            return [domain.Uuid];
        }, cancellationToken);

    /// <summary>A host's libvirt does not know this domain any more.</summary>
    public Task RecordGoneAsync(string host, Guid uuid, CancellationToken cancellationToken) =>
        InTurnAsync(host, NoWordOfBoot, [], time.GetUtcNow(), async (database, _) =>
        {
            var known = await database.Domains.FindAsync([host, uuid], cancellationToken);
            if (known is not null)
            {
                database.Remove(known);
            }

            return [uuid];
        }, cancellationToken);

    public void Dispose() => turn.Dispose();

    private static async Task<IReadOnlyCollection<Guid>> ReplaceAsync(
        RecoveryDbContext database, HostRow host, HostReport report, CancellationToken cancellationToken)
    {
        host.ReportedAt = report.At;
        host.ExecutorVersion = report.ExecutorVersion;
        host.Storages = [.. report.Storages];
        if (report.Hypervisor is not { } hypervisor)
        {
            return [];
        }

        // Together with the domains: a new boot says that these are those after it. Before libvirt answers they are not, and
        // the host would seem to run what it ran before. An executor that doesn't tell says nothing of a new boot.
        if (report.Boot.Length > 0)
        {
            host.Boot = report.Boot;
        }

        host.Hypervisor = hypervisor.Name;
        host.Architecture = hypervisor.Architecture;
        host.CpuModel = hypervisor.CpuModel;
        host.MemoryMib = hypervisor.MemoryMib;
        host.Vcpus = hypervisor.Vcpus;
        host.Abilities = hypervisor.Abilities;

        var known = await database.Domains.Where(row => row.Host == host.Name)
            .ToDictionaryAsync(row => row.Uuid, cancellationToken);
        var touched = known.Keys.ToHashSet();
        foreach (var domain in hypervisor.Domains)
        {
            touched.Add(domain.Uuid);
            Put(database, known.GetValueOrDefault(domain.Uuid), domain);
            known.Remove(domain.Uuid);
        }

        if (hypervisor.IsComplete)
        {
            database.RemoveRange(known.Values);
        }

        // An instance may belong here without a domain: then this report is what decides whether it is forgotten.
        touched.UnionWith(await database.Instances.Where(row => row.Host == host.Name)
            .Select(row => row.Id).ToListAsync(cancellationToken));
        return touched;
    }

    private static void Put(RecoveryDbContext database, DomainRow? known, DomainRow said)
    {
        if (known is null)
        {
            database.Add(said);
        }
        else
        {
            // A host that came back has forgotten what ran on it. We have not: what ran was not shut off by its owner.
            if (said.WhyOffIsForgotten)
            {
                said.State = known.State == DomainState.Running ? DomainState.Crashed : known.State;
            }

            database.Entry(known).CurrentValues.SetValues(said);
        }
    }

    private async Task InTurnAsync(
        string host,
        string boot,
        IReadOnlyCollection<DomainRow> said,
        DateTimeOffset at,
        Func<RecoveryDbContext, HostRow, Task<IReadOnlyCollection<Guid>>> change,
        CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var recorded = await contexts.InTransactionAsync<Recorded?>(
                time,
                async (database, transaction) =>
                {
                    await Turnstile.PassAsync(database, Turnstile.Reports, cancellationToken);
                    var row = await database.Hosts.FindAsync([host], cancellationToken);
                    if (row is null)
                    {
                        return null; // deleted while its last words were on their way
                    }

                    var touched = await change(database, row);
                    var voided = await ExecutorWords.VoidAsync(database, row, boot, said, at, time.GetUtcNow(), cancellationToken);
                    await database.SaveChangesAsync(cancellationToken);
                    var (moved, alarms) = await DecideAsync(database, host, touched, cancellationToken);
                    await transaction.CommitAsync(cancellationToken);
                    return new Recorded(moved, alarms, voided);
                },
                cancellationToken,
                TakenKey.IsAConflict);
            if (recorded is not null)
            {
                changes.Notify();
                Announce(recorded);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    // What follows from the report, in its transaction.
    private async Task<(IReadOnlyList<BelongingChange> Moved, IReadOnlyList<AlarmChange> Alarms)> DecideAsync(
        RecoveryDbContext database, string reporter, IReadOnlyCollection<Guid> touched, CancellationToken cancellationToken)
    {
        if (touched.Count == 0)
        {
            return ([], []);
        }

        var now = time.GetUtcNow();
        var reported = await ReportedCopies.ReadAsync(database, liveness, reporter, touched, cancellationToken);
        var moved = await belonging.DecideAsync(database, reported, now, cancellationToken);
        var alarms = await CopyAlarms.KeepAsync(database, touched, reported.CopiesOf, now, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        return (moved, alarms);
    }

    private void Announce(Recorded recorded)
    {
        foreach (var alarm in recorded.Alarms)
        {
            alarm.LogTo(log);
        }

        foreach (var change in recorded.Moved)
        {
            change.LogTo(log);
        }

        recorded.Voided.ForEach(sentence => log.LogWarning("{FenceProofVoided}", sentence));
    }

    private sealed record Recorded(IReadOnlyList<BelongingChange> Moved, IReadOnlyList<AlarmChange> Alarms, List<string> Voided);
}
