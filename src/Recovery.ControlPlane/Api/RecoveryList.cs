using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary>Recoveries as they are read.</summary>
internal sealed class RecoveryList(IDbContextFactory<RecoveryDbContext> databases)
{
    /// <summary>Newest first: their ids are ordered by time.</summary>
    public async Task<Page<RecoveryResource>> ListAsync(
        IReadOnlyList<RecoveryState> states, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var query = database.Recoveries.AsNoTracking();
        if (states.Count > 0)
        {
            query = query.Where(row => states.Contains(row.State));
        }

        if (before is { } last)
        {
            query = query.Where(row => row.Id.CompareTo(last) < 0);
        }

        var rows = await query.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(row => row.Id);
        var instances = (await database.RecoveryInstances.AsNoTracking()
            .Where(instance => ids.Contains(instance.RecoveryId))
            .Select(instance => new { instance.RecoveryId, instance.State })
            .ToListAsync(cancellationToken)).ToLookup(instance => instance.RecoveryId, instance => instance.State);
        return Pages.Of(rows, limit, row => row.Id.ToString(), row => RecoveryResource.From(row, [.. instances[row.Id]], withPlan: false));
    }

    public async Task<RecoveryRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Recoveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>In the plan's order.</summary>
    public async Task<List<RecoveryInstanceRow>> InstancesAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecoveryInstances.AsNoTracking()
            .Where(instance => instance.RecoveryId == id)
            .OrderBy(instance => instance.Position)
            .ThenBy(instance => instance.Name)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Steps by instance, in the order in which they were intended.</summary>
    public async Task<ILookup<Guid, JournalRow>> JournalAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var steps = await database.Journal.AsNoTracking()
            .Where(step => step.RecoveryId == id)
            .OrderBy(step => step.Sequence)
            .ToListAsync(cancellationToken);
        return steps.ToLookup(step => step.InstanceId);
    }

    /// <summary>In their order, at most so many.</summary>
    public async Task<List<EventRow>> EventsAsync(Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Events.AsNoTracking()
            .Where(happened => happened.RecoveryId == id && happened.Id > after)
            .OrderBy(happened => happened.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
    }
}
