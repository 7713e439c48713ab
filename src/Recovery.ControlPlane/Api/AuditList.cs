using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api;

/// <summary>Which rows of the audit log; what is null does not matter.</summary>
internal sealed record AuditFilter(Guid? Recovery, Guid? Instance, string? Host, string? Who, string? Action);

/// <summary>The audit log as it is read. It is written by those who do what it tells of.</summary>
internal sealed class AuditList(IDbContextFactory<RecoveryDbContext> databases)
{
    /// <summary>Newest first, up to one more than the limit.</summary>
    public async Task<List<AuditRow>> ListAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var query = database.Audit.AsNoTracking();
        query = filter.Recovery is { } recovery ? query.Where(row => row.RecoveryId == recovery) : query;
        query = filter.Instance is { } instance ? query.Where(row => row.InstanceId == instance) : query;
        query = filter.Host is { } host ? query.Where(row => row.Host == host) : query;
        query = filter.Who is { } who ? query.Where(row => row.Who == who) : query;
        query = filter.Action is { } action ? query.Where(row => row.Action == action) : query;
        query = before is { } last ? query.Where(row => row.Id < last) : query;
        return await query.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
    }
}
