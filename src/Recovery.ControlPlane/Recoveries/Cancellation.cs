using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Asks a recovery to end. The runner ends it: instances under way are finished or put back, none is begun.
/// </summary>
public sealed class Cancellation(IDbContextFactory<RecoveryDbContext> databases, RunnerSignal signal, TimeProvider time)
{
    /// <summary>Null when it is asked for, now or already before; else why it can't be.</summary>
    public async Task<Fault?> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        var fault = await databases.InTransactionAsync(
            time, (database, transaction) => CancelAsync(database, transaction, id, cancellationToken), cancellationToken);
        signal.Notify();
        return fault;
    }

    private async Task<Fault?> CancelAsync(
        RecoveryDbContext database, IDbContextTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        var asked = await database.Recoveries
            .Where(row => row.Id == id && row.Cancel == null && !States.Final.Contains(row.State))
            .ExecuteUpdateAsync(row => row.SetProperty(recovery => recovery.Cancel, CancelMode.Finish), cancellationToken);
        var recovery = await database.Recoveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (recovery is null)
        {
            return RecoveryFaults.NotFound(id.ToString());
        }

        if (recovery.State.IsFinal())
        {
            return new(FaultCodes.RecoveryFinal,
                $"Recovery {id} has ended already: {StateNames.Of(recovery.State)}. There is nothing left to cancel; what it moved stays where it is.")
            { Parameter = "id", Recovery = id };
        }

        if (asked > 0)
        {
            database.Events.Add(new EventRow
            {
                RecoveryId = id,
                At = time.GetUtcNow(),
                Type = EventTypes.RecoveryState,
                State = StateNames.Of(recovery.State),
                Message = "Cancel requested: instances under way are finished, no other is begun",
            });
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
