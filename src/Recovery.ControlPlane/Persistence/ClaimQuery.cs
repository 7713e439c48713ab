using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Persistence;

/// <summary>
/// Takes the recoveries that nobody drives. On MySQL replicas that look at once don't wait for each other: each skips
/// the rows that another has locked. That is for speed; what decides is the epoch, which is raised only where it still is
/// the one that was seen. Galera's locks don't reach other nodes, its certification of this write does.
/// </summary>
internal static class ClaimQuery
{
    /// <param name="contexts">The database.</param>
    /// <param name="replica">Who takes them. What it held before it was started again is its own.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="except">What this replica drives already.</param>
    /// <param name="time">Leases are compared with its now.</param>
    /// <param name="cancellationToken">Nothing is taken after it is cancelled.</param>
    /// <returns>What is this replica's now, each with its new epoch, oldest first.</returns>
    public static async Task<IReadOnlyList<ClaimedRecovery>> TakeAsync(
        IDbContextFactory<RecoveryDbContext> contexts,
        string replica,
        TimeSpan lease,
        IReadOnlyCollection<Guid> except,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        // Without a lock: mostly there is nothing to take.
        var now = time.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var free = (await Free(context.Recoveries.AsNoTracking(), replica, now)
                .OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
                .Select(row => new ClaimedRecovery(row.Id, row.Epoch))
                .ToListAsync(cancellationToken))
            .FindAll(seen => !except.Contains(seen.Id));
        return free.Count == 0
            ? []
            : await contexts.InTransactionAsync(
                time,
                async (database, transaction) =>
                {
                    var taken = new List<ClaimedRecovery>();
                    foreach (var seen in await LockAsync(database, free, cancellationToken))
                    {
                        if (await RaiseAsync(database, seen, replica, now, time.GetUtcNow() + lease, cancellationToken))
                        {
                            taken.Add(seen with { Epoch = seen.Epoch + 1 });
                        }
                    }

                    await transaction.CommitAsync(cancellationToken);
                    return taken;
                },
                cancellationToken);
    }

    private static IQueryable<RecoveryRow> Free(IQueryable<RecoveryRow> rows, string replica, DateTimeOffset now) => rows
        .Where(row => RecoveryRow.LiveStates.Contains(row.State)
            && (row.LeaseOwner == null || row.LeaseUntil < now || row.LeaseOwner == replica));

    /// <summary>Those of them that nobody else is at in this moment.</summary>
    private static async Task<IReadOnlyList<ClaimedRecovery>> LockAsync(
        RecoveryDbContext database, List<ClaimedRecovery> free, CancellationToken cancellationToken)
    {
        if (!database.Database.IsMySql())
        {
            return free;
        }

        // By their primary keys, so that nothing but these rows is locked.
        var keys = string.Join(", ", free.Select((_, index) => $"{{{index}}}"));
        var locked = await database.Database
            .SqlQuery<Guid>(FormattableStringFactory.Create(
                $"SELECT `Id` AS `Value` FROM `Recoveries` WHERE `Id` IN ({keys}) FOR UPDATE SKIP LOCKED",
                [.. free.Select(seen => (object)seen.Id)]))
            .ToListAsync(cancellationToken);
        return free.FindAll(seen => locked.Contains(seen.Id));
    }

    // The epoch that was seen is part of the condition, so of two replicas one wins.
    private static async Task<bool> RaiseAsync(
        RecoveryDbContext database, ClaimedRecovery seen, string replica, DateTimeOffset now, DateTimeOffset until,
        CancellationToken cancellationToken) =>
        await Free(database.Recoveries, replica, now)
            .Where(row => row.Id == seen.Id && row.Epoch == seen.Epoch)
            .ExecuteUpdateAsync(
                row => row
                    .SetProperty(each => each.Epoch, seen.Epoch + 1)
                    .SetProperty(each => each.LeaseOwner, replica)
                    .SetProperty(each => each.LeaseUntil, until),
                cancellationToken) == 1;
}

/// <summary>A recovery, and the epoch in which it was taken.</summary>
internal sealed record ClaimedRecovery(Guid Id, long Epoch);
