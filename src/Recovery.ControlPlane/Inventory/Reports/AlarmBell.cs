using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>
/// Rings each minute for as long as a guest is on two hosts, so that it can't be missed. It also looks whether an alarm
/// is over without a report that says so: a host was proven off, or is not registered any more.
/// </summary>
public sealed class AlarmBell(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, TimeProvider time, ILogger<AlarmBell> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RingEvery = TimeSpan.FromMinutes(1);

    // When each open alarm was rung last by this process.
    private readonly Dictionary<long, DateTimeOffset> rung = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(LookEvery, time, stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogError(failure, "Open alarms can't be read: {Problem}. It is tried again in {Seconds} s", failure.Message, LookEvery.TotalSeconds);
            }
        }
    }

    /// <summary>One look at all open alarms.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await database.Alarms.AnyAsync(row => row.OpenSubject != null, cancellationToken))
        {
            rung.Clear();
            return;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var instances = await database.Alarms.Where(row => row.OpenSubject != null)
            .Select(row => row.InstanceId).Distinct().ToListAsync(cancellationToken);
        var isUp = (await database.Hosts.Select(row => row.Name).ToListAsync(cancellationToken))
            .ToDictionary(host => host, host => liveness.Of(host, everReported: true) == HostLiveness.Up);
        var copies = await CopyAlarms.CopiesAsync(database, instances, isUp, cancellationToken);
        var changes = await CopyAlarms.KeepAsync(database, instances, copies, now, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var change in changes)
        {
            change.LogTo(log);
        }

        foreach (var alarm in await database.Alarms.AsNoTracking().Where(row => row.OpenSubject != null).ToListAsync(cancellationToken))
        {
            Ring(alarm, now);
        }
    }

    private void Ring(AlarmRow alarm, DateTimeOffset now)
    {
        var due = alarm.Kind == AlarmKinds.SplitBrain ? RingEvery : CopyAlarms.MigrationTakes;
        if (now - rung.GetValueOrDefault(alarm.Id, alarm.Since) < due)
        {
            return;
        }

        rung[alarm.Id] = now;
        log.Log(
            alarm.Kind == AlarmKinds.SplitBrain ? LogLevel.Critical : LogLevel.Warning,
            "{Alarm} This is so since {Since:u}",
            alarm.Message, alarm.Since);
    }
}
