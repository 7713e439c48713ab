using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.Reports;
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

        var rows = await query
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
                Requirements = row.Domain.Requirements,
                CpuXml = row.Domain.CpuXml,
                Policy = row.Domain.Policy,
                PolicyFaults = row.Domain.PolicyFaults,
                ReportedAt = row.Domain.ReportedAt,
            }))
            .ToListAsync(cancellationToken);
        await NameCpusAsync(database, rows, cancellationToken);
        return rows;
    }

    public async Task<KnownInstance?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await Joined(database).SingleOrDefaultAsync(row => row.Instance.Id == id, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var known = new KnownInstance(row.Instance, row.Domain);
        await NameCpusAsync(database, [known], cancellationToken);
        return known;
    }

    // As the snapshot names them, so that a host's answers can be found by them.
    private static async Task NameCpusAsync(
        RecoveryDbContext database, IReadOnlyList<KnownInstance> instances, CancellationToken cancellationToken)
    {
        var cpus = await CpuQuestions.ReadAsync(database, cancellationToken);
        foreach (var domain in instances.Select(known => known.Domain).OfType<DomainRow>())
        {
            domain.Requirements = domain.Requirements with { Cpu = cpus.Of(domain)?.Id ?? "" };
        }
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
