using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tries one instance of an ended recovery again, alone: a new attempt with a journal of its own, planned anew, with a
/// fence proof that holds then.
/// </summary>
public sealed class Retry(
    IDbContextFactory<RecoveryDbContext> databases, AcceptanceLookout lookout, RunnerSignal signal, TimeProvider time)
{
    /// <summary>Empty when it will be tried again; else everything that stands against it.</summary>
    public async Task<IReadOnlyList<Fault>> RetryAsync(Guid id, Guid instanceId, CancellationToken cancellationToken)
    {
        var sight = await lookout.LookAsync(cancellationToken);
        var faults = await databases.InTransactionAsync(
            time,
            (database, transaction) => RetryAsync(database, transaction, sight, id, instanceId, cancellationToken),
            cancellationToken);
        if (faults.Count == 0)
        {
            signal.Notify();
        }

        return faults;
    }

    private async Task<IReadOnlyList<Fault>> RetryAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        AcceptanceSight sight,
        Guid id,
        Guid instanceId,
        CancellationToken cancellationToken)
    {
        var recovery = await database.Recoveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (recovery is null)
        {
            return [RecoveryFaults.NotFound(id.ToString())];
        }

        var instance = await database.RecoveryInstances.AsNoTracking().SingleOrDefaultAsync(
            row => row.RecoveryId == id && row.InstanceId == instanceId, cancellationToken);
        if (instance is null)
        {
            return [RecoveryFaults.NoSuchInstance(id, instanceId.ToString())];
        }

        var faults = RetryChecks.Check(recovery, instance, sight);
        if (faults.Count > 0)
        {
            return faults;
        }

        if (!await BackToTheStartAsync(database, recovery, instance, cancellationToken))
        {
            return [ChangedMeanwhile(instance)];
        }

        AddLockAndEvent(database, sight, instance);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (UniqueViolation.Is(exception))
        {
            return [ChangedMeanwhile(instance)];
        }

        return [];
    }

    // Compare and set: both rows must still be what the checks saw.
    private static async Task<bool> BackToTheStartAsync(
        RecoveryDbContext database, RecoveryRow recovery, RecoveryInstanceRow instance, CancellationToken cancellationToken)
    {
        var instances = await database.RecoveryInstances
            .Where(row => row.RecoveryId == recovery.Id && row.InstanceId == instance.InstanceId
                && row.State == instance.State && row.Attempt == instance.Attempt)
            .ExecuteUpdateAsync(
                row => row.SetProperty(each => each.State, InstanceState.Waiting)
                    .SetProperty(each => each.Attempt, instance.Attempt + 1)
                    .SetProperty(each => each.Target, (string?)null)
                    .SetProperty(each => each.Reason, "")
                    .SetProperty(each => each.StartedAt, (DateTimeOffset?)null)
                    .SetProperty(each => each.ReadyAt, (DateTimeOffset?)null)
                    .SetProperty(each => each.FinishedAt, (DateTimeOffset?)null),
                cancellationToken);
        var recoveries = await database.Recoveries
            .Where(row => row.Id == recovery.Id && row.State == recovery.State && row.Epoch == recovery.Epoch)
            .ExecuteUpdateAsync(
                row => row.SetProperty(each => each.State, RecoveryState.Accepted)
                    .SetProperty(each => each.Reason, "")
                    .SetProperty(each => each.Cancel, (CancelMode?)null)
                    .SetProperty(each => each.Paused, false)
                    .SetProperty(each => each.FinishedAt, (DateTimeOffset?)null),
                cancellationToken);
        return instances == 1 && recoveries == 1;
    }

    private void AddLockAndEvent(RecoveryDbContext database, AcceptanceSight sight, RecoveryInstanceRow instance)
    {
        var subject = RecoveryLockRow.ForInstance(instance.InstanceId);
        if (sight.HolderOf(subject) is null)
        {
            database.Locks.Add(new RecoveryLockRow { Subject = subject, RecoveryId = instance.RecoveryId });
        }

        var now = time.GetUtcNow();
        database.Events.AddRange(
            new EventRow
            {
                RecoveryId = instance.RecoveryId,
                At = now,
                Type = EventTypes.InstanceState,
                InstanceId = instance.InstanceId,
                State = StateNames.Of(InstanceState.Waiting),
                Message = $"{instance.Name} will be tried again: attempt {instance.Attempt + 1}",
            },
            new EventRow
            {
                RecoveryId = instance.RecoveryId,
                At = now,
                Type = EventTypes.RecoveryState,
                State = StateNames.Of(RecoveryState.Accepted),
                Message = $"Accepted again, for {instance.Name}",
            });
    }

    private static Fault ChangedMeanwhile(RecoveryInstanceRow instance) => new(FaultCodes.ChangedMeanwhile,
        $"{instance.Name} or its recovery changed while the retry was being accepted. Nothing was done; look at it and send the request again.")
    { Parameter = "instance", Recovery = instance.RecoveryId };
}
