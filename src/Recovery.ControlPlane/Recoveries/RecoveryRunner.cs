using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Claims recoveries that nobody drives (design step 2) and drives each in a task of its own. A recovery whose driver
/// died is claimed again when its lease has run out, in a new epoch, and goes on from its journal.
/// </summary>
public sealed partial class RecoveryRunner(
    IDbContextFactory<RecoveryDbContext> contexts,
    RecoveryDrive drive,
    RunnerSignal signal,
    RecoveryOptions options,
    TimeProvider time,
    ILogger<RecoveryRunner> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, Task> driving = new();

    private TimeSpan Lease => TimeSpan.FromSeconds(options.Runner.LeaseSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var told = signal.Next;
            try
            {
                await ClaimWaitingAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogClaimFailed(failure);
            }

            using var awake = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(told, Task.Delay(LookEvery, time, awake.Token));
            awake.Cancel();
            await Task.Yield();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(driving.Values);
    }

    private async Task ClaimWaitingAsync(CancellationToken stoppingToken)
    {
        // :: Step 2: Claim
        var claimed = await ClaimQuery.TakeAsync(
            contexts, options.Runner.Replica, Lease, [.. driving.Keys], time, stoppingToken);
        foreach (var (id, epoch) in claimed)
        {
            var claim = new Claim(id, epoch, Lease, contexts, time);
            driving[id] = DriveAsync(claim, stoppingToken);
        }
    }

    private async Task DriveAsync(Claim claim, CancellationToken stoppingToken)
    {
        // Claiming the others does not wait for this one.
        await Task.Yield();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = KeepLeaseAsync(claim, ending);
        try
        {
            await drive.RunAsync(claim, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            LogLetGo(claim.RecoveryId, claim.Epoch);
        }
        catch (Exception lost) when (lost is ClaimLostException or StaleEpochException)
        {
            LogLost(lost);
        }
        catch (Exception failure)
        {
            // The journal knows how far it got; whoever claims it next goes on from there.
            LogDriveFailed(failure, claim.RecoveryId);
            await Task.Delay(RestAfterFailure, time, CancellationToken.None);
        }
        finally
        {
            ending.Cancel();
            await renewing;
            driving.TryRemove(claim.RecoveryId, out _);
            signal.Notify();
        }
    }

    private async Task KeepLeaseAsync(Claim claim, CancellationTokenSource ending)
    {
        try
        {
            while (!ending.IsCancellationRequested)
            {
                await Task.Delay(Lease / 3, time, ending.Token);
                await claim.RenewAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The recovery ended, or the control plane is stopping.
        }
        catch (Exception failure)
        {
            // Without a lease nothing may be driven: somebody else may be at it already.
            LogLeaseLost(failure, claim.RecoveryId);
            ending.Cancel();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for recoveries to drive failed; trying again in a second.")]
    private partial void LogClaimFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Recovery {Recovery} was let go in epoch {Epoch}; its journal says where to go on.")]
    private partial void LogLetGo(Guid recovery, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another replica drives this recovery now.")]
    private partial void LogLost(Exception lost);

    [LoggerMessage(Level = LogLevel.Error, Message = "Driving recovery {Recovery} failed unexpectedly; it is claimed again and goes on from its journal.")]
    private partial void LogDriveFailed(Exception failure, Guid recovery);

    [LoggerMessage(Level = LogLevel.Error, Message = "The lease of recovery {Recovery} could not be renewed; this replica lets it go.")]
    private partial void LogLeaseLost(Exception failure, Guid recovery);
}
