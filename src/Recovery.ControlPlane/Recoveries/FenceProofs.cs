using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Whether there is, right now, evidence that a host can't run its guests.</summary>
public sealed class FenceProofs(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, TimeProvider time)
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    /// <summary>The newest proof that still holds, or null. Silence of the host is none.</summary>
    public async Task<FenceProof?> ValidAsync(string host, CancellationToken cancellationToken) =>
        (await ValidAsync([host], cancellationToken)).GetValueOrDefault(host);

    /// <summary>For each of these hosts the newest proof that still holds; a host without one is missing.</summary>
    public async Task<IReadOnlyDictionary<string, FenceProof>> ValidAsync(
        IReadOnlyCollection<string> hosts, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var names = hosts.ToList();
        var standing = await context.FenceProofs.AsNoTracking()
            .Where(row => names.Contains(row.Host) && row.VoidedAt == null)
            .OrderBy(row => row.At)
            .ToListAsync(cancellationToken);
        if (standing.Count == 0)
        {
            return new Dictionary<string, FenceProof>();
        }

        var persisted = await context.Hosts.AsNoTracking()
            .Where(row => names.Contains(row.Name))
            .ToDictionaryAsync(row => row.Name, row => row.LastHeardAt, StringComparer.Ordinal, cancellationToken);
        var guests = await context.Domains.AsNoTracking()
            .Where(row => names.Contains(row.Host))
            .Where(DomainRow.HoldsItsDisks)
            .GroupBy(row => row.Host)
            .Select(rows => new { Host = rows.Key, At = rows.Max(row => (DateTimeOffset?)row.ReportedAt) })
            .ToDictionaryAsync(rows => rows.Host, rows => rows.At, StringComparer.Ordinal, cancellationToken);
        var now = time.GetUtcNow();
        var valid = new Dictionary<string, FenceProof>(StringComparer.Ordinal);
        foreach (var proof in standing.Select(row => row.ToProof()))
        {
            var heard = Later(persisted.GetValueOrDefault(proof.Host), liveness.LastHeard(proof.Host));
            if (proof.IsValid(now, new HostSigns(heard, guests.GetValueOrDefault(proof.Host))))
            {
                valid[proof.Host] = proof;
            }
        }

        return valid;
    }

    /// <summary>
    /// Nothing was heard of it for longer than an executor takes to start again. That proves nothing, but it is no use to
    /// go on asking.
    /// </summary>
    public bool IsLost(string host) =>
        liveness.Of(host, everReported: true) == HostLiveness.Silent
        && time.GetUtcNow() - (liveness.LastHeard(host) ?? liveness.ListeningSince) > LostAfter;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other ?? one : one;
}
