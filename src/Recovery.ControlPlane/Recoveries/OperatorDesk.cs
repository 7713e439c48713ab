using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Where operators step in: the change, its event and its row in the audit log are written in one transaction, or none
/// of them is; the runner is told afterwards.
/// </summary>
/// <remarks>
/// A change is compare and set: it names what was seen in its condition. When somebody else was faster, here or at
/// another replica, it is looked at anew.
/// </remarks>
public sealed class OperatorDesk(IDbContextFactory<RecoveryDbContext> databases, RunnerSignal signal, TimeProvider time)
{
    private const int MaximumRaces = 5;

    /// <summary>Empty when it is as asked, now or already before; else everything that stands against it.</summary>
    /// <param name="id">The recovery.</param>
    /// <param name="by">Who steps in, and why.</param>
    /// <param name="change">Changes rows, or says why not. Called again when somebody else was faster.</param>
    /// <param name="cancellationToken">Nothing is written after it is cancelled.</param>
    public async Task<IReadOnlyList<Fault>> StepInAsync(
        Guid id,
        OperatorWord by,
        Func<RecoveryDbContext, RecoveryRow, CancellationToken, Task<Intervention>> change,
        CancellationToken cancellationToken)
    {
        for (var race = 0; race < MaximumRaces; race++)
        {
            switch (await databases.InTransactionAsync(
                time, (database, transaction) => TryAsync(database, transaction, id, by, change, cancellationToken), cancellationToken))
            {
                case Intervention.Refused refused:
                    return refused.Faults;
                case Intervention.Already:
                    return [];
                case Intervention.Done:
                    signal.Notify();
                    return [];
            }
        }

        return [new(FaultCodes.ChangedMeanwhile,
            $"Recovery {id} changed {MaximumRaces} times while this was being written. Nothing was done; look at it and send the request again.")
            { Parameter = "id", Recovery = id }];
    }

    private async Task<Intervention> TryAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        Guid id,
        OperatorWord by,
        Func<RecoveryDbContext, RecoveryRow, CancellationToken, Task<Intervention>> change,
        CancellationToken cancellationToken)
    {
        var recovery = await database.Recoveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (recovery is null)
        {
            return new Intervention.Refused(RecoveryFaults.NotFound(id.ToString()));
        }

        var outcome = await change(database, recovery, cancellationToken);
        if (outcome is not Intervention.Done done)
        {
            return outcome;
        }

        var now = time.GetUtcNow();
        database.Audit.Add(by.Did(done.Action, now, done.Details, id, done.Instance));
        database.Events.Add(new EventRow
        {
            RecoveryId = id,
            At = now,
            Type = EventTypes.Operator,
            InstanceId = done.Instance,
            State = done.State,
            Message = $"{done.Message} Asked by {by.Who}: {by.Why}",
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return done;
        }
        catch (DbUpdateException exception) when (UniqueViolation.Is(exception))
        {
            return new Intervention.Missed();
        }
    }
}

/// <summary>What stepping in comes to: closed.</summary>
public abstract record Intervention
{
    private Intervention()
    {
    }

    /// <summary>It can't be; nothing is written.</summary>
    public sealed record Refused(params IReadOnlyList<Fault> Faults) : Intervention;

    /// <summary>It is so already; nothing is written.</summary>
    public sealed record Already : Intervention;

    /// <summary>The rows are not what was seen; nothing is written.</summary>
    public sealed record Missed : Intervention;

    /// <param name="Action">One of <see cref="AuditActions"/>.</param>
    /// <param name="State">The state of the recovery, or of the instance if one is named, after it.</param>
    /// <param name="Message">For those who watch: what happens now, as sentences.</param>
    /// <param name="Details">What changed, for the audit log.</param>
    /// <param name="Instance">The instance that it is about.</param>
    public sealed record Done(string Action, string State, string Message, string Details, Guid? Instance = null) : Intervention;
}
