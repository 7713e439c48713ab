using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>How many instances came to be known, moved, or were forgotten.</summary>
internal sealed record BookChanges(int Added, int Moved, int Removed)
{
    public bool Any => Added + Moved + Removed > 0;
}

/// <summary>
/// Brings our own book of where instances belong up to what Nova says. Compare and set: only what still is in the book as it
/// was before Nova was asked. What a live recovery holds its own commit moves.
/// </summary>
internal sealed class CloudBook(IDbContextFactory<RecoveryDbContext> contexts, InstanceHostsReader nova, TimeProvider time)
{
    /// <returns>What changed, and which cells could not be read: of those nothing is changed.</returns>
    /// <exception cref="Databases.CloudUnreadableException">nova_api can't be read, and nothing is changed.</exception>
    public async Task<(BookChanges Changes, IReadOnlyList<string> Faults)> FollowAsync(CancellationToken cancellationToken)
    {
        // Before Nova is asked: what is committed from here on is newer than its answer.
        var known = await KnownAsync(cancellationToken);
        var said = await nova.ReadAsync(cancellationToken);
        var missing = known.Keys.Where(id => !said.HostOf.ContainsKey(id)).ToList();
        var elsewhere = await nova.ElsewhereAsync(missing, said.Cells, cancellationToken);

        var added = said.HostOf.Where(each => !known.ContainsKey(each.Key)).ToDictionary();
        var moved = known.Values.Where(row => said.HostOf.TryGetValue(row.Id, out var host) && host != row.Host).ToList();
        var gone = known.Values.Where(row => !said.HostOf.ContainsKey(row.Id) && !elsewhere.Contains(row.Id)).ToList();
        if (added.Count + moved.Count + gone.Count == 0)
        {
            return (new BookChanges(0, 0, 0), said.Faults);
        }

        var changes = await contexts.InTransactionAsync(
            time,
            async (database, transaction) =>
            {
                var held = await HeldAsync(database, cancellationToken);
                var done = new BookChanges(
                    await AddAsync(database, added, held, cancellationToken),
                    await MoveAsync(database, moved, said.HostOf, held, cancellationToken),
                    await RemoveAsync(database, gone, held, cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return done;
            },
            cancellationToken,
            TakenKey.IsAConflict);
        return (changes, said.Faults);
    }

    private static async Task<HashSet<string>> HeldAsync(RecoveryDbContext database, CancellationToken cancellationToken) =>
        await database.Locks.AsNoTracking()
            .Where(row => row.Subject.StartsWith("instance/"))
            .Select(row => row.Subject)
            .ToHashSetAsync(cancellationToken);

    private static async Task<int> RemoveAsync(
        RecoveryDbContext database, List<InstanceRow> gone, HashSet<string> held, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var row in gone.Where(row => !held.Contains(RecoveryLockRow.ForInstance(row.Id))))
        {
            removed += await database.Instances
                .Where(each => each.Id == row.Id && each.Host == row.Host && each.Since == row.Since)
                .ExecuteDeleteAsync(cancellationToken);
        }

        return removed;
    }

    private async Task<Dictionary<Guid, InstanceRow>> KnownAsync(CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        return await database.Instances.AsNoTracking().ToDictionaryAsync(row => row.Id, cancellationToken);
    }

    private async Task<int> AddAsync(
        RecoveryDbContext database, Dictionary<Guid, string> added, HashSet<string> held, CancellationToken cancellationToken)
    {
        if (added.Count == 0)
        {
            return 0;
        }

        // Another replica follows as well.
        var known = await database.Instances.AsNoTracking().Select(row => row.Id).ToHashSetAsync(cancellationToken);
        var now = time.GetUtcNow();
        database.Instances.AddRange(added
            .Where(each => !known.Contains(each.Key) && !held.Contains(RecoveryLockRow.ForInstance(each.Key)))
            .Select(each => new InstanceRow { Id = each.Key, Host = each.Value, Since = now }));
        return await database.SaveChangesAsync(cancellationToken);
    }

    private async Task<int> MoveAsync(
        RecoveryDbContext database,
        List<InstanceRow> moved,
        IReadOnlyDictionary<Guid, string> hostOf,
        HashSet<string> held,
        CancellationToken cancellationToken)
    {
        var (changed, now) = (0, time.GetUtcNow());
        foreach (var row in moved.Where(row => !held.Contains(RecoveryLockRow.ForInstance(row.Id))))
        {
            var host = hostOf[row.Id];
            changed += await database.Instances
                .Where(each => each.Id == row.Id && each.Host == row.Host && each.Since == row.Since)
                .ExecuteUpdateAsync(
                    each => each.SetProperty(one => one.Host, host).SetProperty(one => one.Since, now), cancellationToken);
        }

        return changed;
    }
}
