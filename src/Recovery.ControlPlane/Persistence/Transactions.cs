using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Recovery.ControlPlane.Persistence;

/// <summary>
/// Units of work. One that others got in the way of (<see cref="Conflict"/>) is done again as a whole, in a new context
/// and a new transaction: so it may change nothing but its context, and reads what it decides on inside.
/// </summary>
internal static class Transactions
{
    private const int MaximumTries = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(640);

    /// <param name="contexts">Where its contexts come from.</param>
    /// <param name="time">For the pauses between tries, three seconds in all.</param>
    /// <param name="work">Saves and commits by itself; what it leaves without committing is rolled back.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    /// <param name="taken">
    /// Whether a key that somebody has already is a conflict as well: where the work looks before it adds, and would
    /// find now what somebody else added meanwhile.
    /// </param>
    /// <exception cref="Exception">Whatever the work throws and is no conflict, or the conflict of its last try.</exception>
    public static async Task<T> InTransactionAsync<T>(
        this IDbContextFactory<RecoveryDbContext> contexts,
        TimeProvider time,
        Func<RecoveryDbContext, IDbContextTransaction, Task<T>> work,
        CancellationToken cancellationToken,
        TakenKey taken = TakenKey.IsAnError)
    {
        for (var tries = 1; ; tries++)
        {
            var added = new List<EntityEntry>();
            try
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);

                // Nothing ever goes back to a savepoint, the whole unit is done again. And a node of Galera that gives up a
                // transaction in favour of another node's may answer SAVEPOINT and then COMMIT with OK, and keep nothing.
                context.Database.AutoSavepointsEnabled = false;
                context.ChangeTracker.Tracked += (_, tracked) => added.AddRange(
                    tracked.Entry.State == EntityState.Added ? [tracked.Entry] : []);
                await using var transaction = await context.BeginAsync(cancellationToken);
                return await work(context, transaction);
            }
            catch (Exception failure) when (tries < MaximumTries
                && (Conflict.Is(failure) || (taken == TakenKey.IsAConflict && UniqueViolation.Is(failure))))
            {
                // After the transaction, so that whoever was in the way gets on.
                added.ForEach(TakeNumberBack);
            }

            var pause = FirstPause * Math.Pow(2, tries - 1);
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellationToken);
        }
    }

    public static Task InTransactionAsync(
        this IDbContextFactory<RecoveryDbContext> contexts,
        TimeProvider time,
        Func<RecoveryDbContext, IDbContextTransaction, Task> work,
        CancellationToken cancellationToken,
        TakenKey taken = TakenKey.IsAnError) =>
        contexts.InTransactionAsync(
            time,
            async (context, transaction) =>
            {
                await work(context, transaction);
                return true;
            },
            cancellationToken,
            taken);

    // A row that was made outside and added has the number that a transaction gave it which never was; the next try adds
    // it as a new one.
    private static void TakeNumberBack(EntityEntry entry)
    {
        if (entry.Metadata.FindPrimaryKey() is { Properties: [{ ValueGenerated: ValueGenerated.OnAdd, PropertyInfo: { } number }] }
            && number.PropertyType == typeof(long))
        {
            number.SetValue(entry.Entity, 0L);
        }
    }

    // MySQL: whoever has waited for a row's lock goes on with what is there now, and not with a snapshot from before;
    // and gaps between rows, where others want to add theirs, stay free. SQLite has one writer: nothing moves meanwhile.
    private static Task<IDbContextTransaction> BeginAsync(this RecoveryDbContext context, CancellationToken cancellationToken) =>
        context.Database.IsMySql()
            ? context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
            : context.Database.BeginTransactionAsync(cancellationToken);
}

/// <summary>What a key that somebody has already means to a unit of work.</summary>
internal enum TakenKey
{
    IsAnError,
    IsAConflict,
}
