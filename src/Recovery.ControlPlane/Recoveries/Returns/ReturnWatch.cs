using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Returns;

/// <summary>
/// Sees that a host is back, and has it put in order: where there is something to forget or to start, a recovery of kind
/// resume is opened in the system's name; where there is nothing, the host is settled at once.
/// </summary>
/// <remarks>
/// Several replicas may watch. Which of them opens a recovery is decided by the unique keys of its idempotency key and of
/// its lock on the host, as for every request.
/// </remarks>
public sealed partial class ReturnWatch(
    IDbContextFactory<RecoveryDbContext> contexts,
    ReturnSight sight,
    ReturnLedger ledger,
    Acceptance acceptance,
    LivenessBoard liveness,
    InventoryChanges changes,
    TimeProvider time,
    ILogger<ReturnWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // What only the clock changes, a proof that runs out or a wait that is over, is seen within this.
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (long Version, DateTimeOffset At)> looked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> refusals = new(StringComparer.Ordinal);
    private string unreachableBecause = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await Task.Delay(LookEvery, time, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(failure);
                await Task.Delay(LookAtLeastEvery, time, stoppingToken);
            }
        }
    }

    /// <summary>One look at all hosts.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var host in await ReturnedAsync(cancellationToken))
        {
            var (version, now) = (changes.Version, time.GetUtcNow());
            if (looked.TryGetValue(host.Name, out var last) && last.Version == version && now - last.At < LookAtLeastEvery)
            {
                continue;
            }

            looked[host.Name] = (version, now);
            try
            {
                await AttendAsync(host, cancellationToken);
                unreachableBecause = "";
            }
            catch (InventoryUnreachableException unreachable)
            {
                if (unreachableBecause != unreachable.Message)
                {
                    unreachableBecause = unreachable.Message;
                    LogUnreachable(host.Name, unreachable.Message);
                }
            }
        }
    }

    /// <summary>
    /// It started again since everything was in order on it. A host that does not tell its boots is back when it reported
    /// since it was quarantined.
    /// </summary>
    internal static bool IsBack(HostRow host) => host.Boot.Length > 0
        ? host.Boot != host.SettledBoot
        : host.Quarantined && host.ReportedAt > host.QuarantinedSince;

    private async Task<List<HostRow>> ReturnedAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var hosts = await context.Hosts.AsNoTracking()
            .Where(row => row.Quarantined || row.Boot != row.SettledBoot)
            .OrderBy(row => row.Name)
            .ToListAsync(cancellationToken);
        var held = await context.Locks.AsNoTracking()
            .Where(row => row.Subject.StartsWith("host/"))
            .Select(row => row.Subject)
            .ToListAsync(cancellationToken);
        return hosts.FindAll(host => IsBack(host)
            && liveness.Of(host.Name, everReported: true) == HostLiveness.Up
            && !held.Contains(RecoveryLockRow.ForHost(host.Name)));
    }

    private async Task AttendAsync(HostRow host, CancellationToken cancellationToken)
    {
        // A host that is seen for the first time is as its operators left it.
        var isNew = host.SettledBoot.Length == 0 && !host.Quarantined;
        var plan = isNew
            ? new ReturnPlan(host.Name, [])
            : (await sight.LookAsync(host.Name, null, onlyAutostart: true, cancellationToken)).Plan;
        var (last, isDue) = plan.HasWork ? await LastTryAsync(host, cancellationToken) : (null, false);
        var givenUp = plan.HasWork && ReturnTries.Next(last) is null;
        if (plan.HasWork && !givenUp)
        {
            if (isDue)
            {
                await OpenAsync(host, plan, (last?.Count ?? 0) + 1, cancellationToken);
            }

            return;
        }

        foreach (var sentence in await ledger.SettleAsync(host, plan, givenUp, cancellationToken))
        {
            LogSettled(sentence);
            changes.Notify();
        }
    }

    private async Task<(ReturnTry? Last, bool IsDue)> LastTryAsync(HostRow host, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var which = Which(host);
        var tries = await context.Audit.AsNoTracking()
            .Where(row => row.Host == host.Name && row.Who == AuditRow.System && row.Action == AuditActions.Accept && row.Why == which)
            .OrderBy(row => row.Id)
            .Select(row => row.RecoveryId)
            .ToListAsync(cancellationToken);
        if (tries.Count == 0)
        {
            return (null, true);
        }

        var newest = tries[^1];
        var last = await context.Recoveries.AsNoTracking()
            .Where(row => row.Id == newest)
            .Select(row => new { row.State, row.FinishedAt, row.CreatedAt })
            .SingleAsync(cancellationToken);
        var ended = new ReturnTry(tries.Count, last.FinishedAt ?? last.CreatedAt, last.State == RecoveryState.Cancelled);
        return (ended, last.State.IsFinal() && ReturnTries.Next(ended) <= time.GetUtcNow());
    }

    private async Task OpenAsync(HostRow host, ReturnPlan plan, int number, CancellationToken cancellationToken)
    {
        var asked = new AskedRecovery
        {
            Kind = RecoveryKind.Resume,
            Hosts = [new(host.Name, "/hosts/0")],
            ReturnOf = Which(host),
            By = new OperatorWord(AuditRow.System, Which(host)),
        };
        switch (await acceptance.AcceptAsync(asked, KeyOf(host, number), cancellationToken))
        {
            case AcceptanceOutcome.Accepted { Repeated: false } accepted:
                LogOpened(
                    accepted.Id, host.Name, plan.Of(ReturnAction.Forget).Count, plan.Of(ReturnAction.Resume).Count, number);
                break;
            case AcceptanceOutcome.Refused refused:
                var why = string.Join(" ", refused.Faults.Select(fault => fault.Message));
                if (refusals.GetValueOrDefault(host.Name) != why)
                {
                    refusals[host.Name] = why;
                    LogRefused(host.Name, why);
                }

                break;
        }
    }

    // Each boot is put in order once; tries are counted by it.
    private static string Which(HostRow host) => host.Boot.Length > 0
        ? $"{host.Name} is back with boot {host.Boot}"
        : FormattableString.Invariant($"{host.Name} is back since its quarantine of {host.QuarantinedSince:O}");

    // Two replicas that see the same return make the same request.
    private static string KeyOf(HostRow host, int number) => "recovery/return/" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Which(host)}\n{number}"))));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Host} is back: recovery {Recovery} forgets {Stale} stale copies there and starts {Resumed} guests again (try {Number}).")]
    private partial void LogOpened(Guid recovery, string host, int stale, int resumed, int number);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Host} is back and can't be put in order yet: {Why}")]
    private partial void LogRefused(string host, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Settled}")]
    private partial void LogSettled(string settled);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} is back and can't be put in order before the cluster can be read: {Why}")]
    private partial void LogUnreachable(string host, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for hosts that are back failed; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
