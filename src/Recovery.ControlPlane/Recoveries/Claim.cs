using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Somebody else claimed the recovery meanwhile: whoever holds the older epoch stops at once.</summary>
public sealed class ClaimLostException(Guid recovery, long epoch)
    : Exception($"Recovery {recovery} is not ours any more: epoch {epoch} was superseded.");

/// <summary>
/// A recovery that this replica drives, in one epoch. Every write goes through here: its transaction first renews the
/// lease where the epoch is still ours, so that an older epoch can't write anything at all. A change that others got in
/// the way of is made again as a whole: it may touch nothing but its context.
/// </summary>
public sealed class Claim(
    Guid recovery, long epoch, TimeSpan lease, IDbContextFactory<RecoveryDbContext> contexts, TimeProvider time)
{
    public Guid RecoveryId => recovery;

    public long Epoch => epoch;

    public TimeProvider Time => time;

    public async Task RenewAsync(CancellationToken cancellationToken) =>
        await WriteAsync(_ => { }, cancellationToken);

    /// <exception cref="ClaimLostException">The epoch is not ours any more; nothing was written.</exception>
    public async Task WriteAsync(Action<RecoveryDbContext> change, CancellationToken cancellationToken) =>
        await WriteAsync(
            (context, _) =>
            {
                change(context);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <exception cref="ClaimLostException">The epoch is not ours any more; nothing was written.</exception>
    public async Task WriteAsync(
        Func<RecoveryDbContext, CancellationToken, Task> change, CancellationToken cancellationToken) =>
        await contexts.InTransactionAsync(
            time, (context, transaction) => WriteAsync(context, transaction, change, cancellationToken), cancellationToken);

    private async Task WriteAsync(
        RecoveryDbContext context,
        IDbContextTransaction transaction,
        Func<RecoveryDbContext, CancellationToken, Task> change,
        CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + lease;
        var ours = await context.Recoveries
            .Where(row => row.Id == recovery && row.Epoch == epoch)
            .ExecuteUpdateAsync(row => row.SetProperty(each => each.LeaseUntil, until), cancellationToken);
        if (ours != 1)
        {
            throw new ClaimLostException(recovery, epoch);
        }

        await change(context, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The recovery moves on, and says so, in one transaction.</summary>
    public async Task EnterAsync(
        RecoveryState state,
        string message,
        CancellationToken cancellationToken,
        Func<RecoveryDbContext, RecoveryRow, Task>? alongside = null) =>
        await WriteAsync(
            async (context, token) =>
            {
                var row = await context.Recoveries.Include(each => each.Instances)
                    .SingleAsync(each => each.Id == recovery, token);
                row.State = state;
                row.Reason = message;
                if (alongside is not null)
                {
                    await alongside(context, row);
                }

                context.Events.Add(NewEvent(EventTypes.RecoveryState, message, state: StateNames.Of(row.State)));
            },
            cancellationToken);

    public async Task<RecoveryRow> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Recoveries.AsNoTracking().Include(row => row.Instances)
            .SingleAsync(row => row.Id == recovery, cancellationToken);
    }

    public async Task<T> QueryAsync<T>(
        Func<RecoveryDbContext, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await query(context, cancellationToken);
    }

    public async Task TellAsync(EventRow happened, CancellationToken cancellationToken) =>
        await WriteAsync(context => context.Events.Add(happened), cancellationToken);

    public EventRow NewEvent(
        string type,
        string message,
        Guid? instance = null,
        string? host = null,
        StepAction? step = null,
        string state = "") => new()
        {
            RecoveryId = recovery,
            At = time.GetUtcNow(),
            Type = type,
            InstanceId = instance,
            Host = host,
            Step = step,
            State = state,
            Message = message,
        };
}
