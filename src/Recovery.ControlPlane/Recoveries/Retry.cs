using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tries one instance of an ended recovery again, alone: a new attempt with a journal of its own, planned anew, with a
/// fence proof that holds then.
/// </summary>
public sealed class Retry(OperatorDesk desk, AcceptanceLookout lookout, TimeProvider time)
{
    /// <summary>Empty when it will be tried again; else everything that stands against it.</summary>
    public async Task<IReadOnlyList<Fault>> RetryAsync(
        Guid id, Guid instanceId, OperatorWord by, CancellationToken cancellationToken)
    {
        var sight = await lookout.LookAsync(cancellationToken);
        return await desk.StepInAsync(
            id, by, (database, recovery, token) => RetryAsync(database, recovery, instanceId, sight, token), cancellationToken);
    }

    private async Task<Intervention> RetryAsync(
        RecoveryDbContext database, RecoveryRow recovery, Guid instanceId, AcceptanceSight sight, CancellationToken cancellationToken)
    {
        var instance = await database.RecoveryInstances.AsNoTracking().SingleOrDefaultAsync(
            row => row.RecoveryId == recovery.Id && row.InstanceId == instanceId, cancellationToken);
        if (instance is null)
        {
            return new Intervention.Refused(RecoveryFaults.NoSuchInstance(recovery.Id, instanceId.ToString()));
        }

        var faults = RetryChecks.Check(recovery, instance, sight);
        if (faults.Count > 0)
        {
            return new Intervention.Refused(faults);
        }

        if (!await BackToTheStartAsync(database, recovery, instance, cancellationToken))
        {
            return new Intervention.Missed();
        }

        AddLockAndEvents(database, sight, instance);
        return new Intervention.Done(
            AuditActions.Retry,
            StateNames.Of(InstanceState.Waiting),
            $"{instance.Name} shall be tried again.",
            $"{instance.Name} was {StateNames.Of(instance.State)}, attempt {instance.Attempt + 1}",
            instanceId);
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
                    .SetProperty(each => each.SkipRequested, false)
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

    private void AddLockAndEvents(RecoveryDbContext database, AcceptanceSight sight, RecoveryInstanceRow instance)
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
}
