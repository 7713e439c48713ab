using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api;

/// <summary>An instance and its domain on the host that it belongs to; null when that host has not reported it yet.</summary>
internal sealed record KnownInstance(InstanceRow Instance, DomainRow? Domain);

/// <summary>The instances as they were reported last.</summary>
internal sealed class InstanceList(IDbContextFactory<RecoveryDbContext> databases)
{
    /// <summary>In the order of their ids, up to one more than the limit, without definitions: those are long.</summary>
    public async Task<List<KnownInstance>> ListAsync(
        string? host, IReadOnlyList<DomainState> states, Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var query = Joined(database);
        if (host is not null)
        {
            query = query.Where(row => row.Instance.Host == host);
        }

        if (states.Count > 0)
        {
            query = query.Where(row => row.Domain != null && states.Contains(row.Domain.State));
        }

        if (after is { } last)
        {
            query = query.Where(row => row.Instance.Id.CompareTo(last) > 0);
        }

        return await query
            .OrderBy(row => row.Instance.Id)
            .Take(limit + 1)
            .Select(row => new KnownInstance(row.Instance, row.Domain == null ? null : new DomainRow
            {
                Host = row.Domain.Host,
                Uuid = row.Domain.Uuid,
                Name = row.Domain.Name,
                State = row.Domain.State,
                Autostart = row.Domain.Autostart,
                Definition = "",
                MemoryMib = row.Domain.MemoryMib,
                Vcpus = row.Domain.Vcpus,
                Disks = row.Domain.Disks,
                ReportedAt = row.Domain.ReportedAt,
            }))
            .ToListAsync(cancellationToken);
    }

    public async Task<KnownInstance?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await Joined(database).SingleOrDefaultAsync(row => row.Instance.Id == id, cancellationToken);
        return row is null ? null : new KnownInstance(row.Instance, row.Domain);
    }

    private static IQueryable<JoinedRow> Joined(RecoveryDbContext database) =>
        from instance in database.Instances.AsNoTracking()
        join domain in database.Domains.AsNoTracking()
            on new { instance.Host, instance.Id } equals new { domain.Host, Id = domain.Uuid } into domains
        from domain in domains.DefaultIfEmpty()
        select new JoinedRow { Instance = instance, Domain = domain };

    private sealed class JoinedRow
    {
        public required InstanceRow Instance { get; init; }

        public required DomainRow? Domain { get; init; }
    }
}
