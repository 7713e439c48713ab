using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Whether there is, right now, evidence that a host can't run its guests.</summary>
public sealed class FenceProofs(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, TimeProvider time)
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    /// <summary>The newest proof that still holds, or null. Silence of the host is none.</summary>
    public async Task<FenceProof?> ValidAsync(string host, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var persisted = await context.Hosts.AsNoTracking()
            .Where(row => row.Name == host)
            .Select(row => row.LastHeardAt)
            .SingleOrDefaultAsync(cancellationToken);
        var heard = Later(persisted, liveness.LastHeard(host));
        var proofs = await context.FenceProofs.AsNoTracking()
            .Where(row => row.Host == host && row.VoidedAt == null)
            .OrderByDescending(row => row.At)
            .ToListAsync(cancellationToken);
        return proofs.Select(row => row.ToProof()).FirstOrDefault(proof => proof.IsValid(time.GetUtcNow(), heard));
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
