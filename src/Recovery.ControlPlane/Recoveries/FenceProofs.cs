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
    /// <summary>The newest proof that still holds, or null. Silence of the host is none.</summary>
    public async Task<FenceProof?> ValidAsync(string host, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var persisted = await context.Hosts.AsNoTracking()
            .Where(row => row.Name == host)
            .Select(row => row.LastHeardAt)
            .SingleOrDefaultAsync(cancellationToken);
        var guestSeen = await context.Domains.AsNoTracking()
            .Where(row => row.Host == host && (row.State == DomainState.Running || row.State == DomainState.Paused))
            .MaxAsync(row => (DateTimeOffset?)row.ReportedAt, cancellationToken);
        var signs = new HostSigns(Later(persisted, liveness.LastHeard(host)), guestSeen);
        var proofs = await context.FenceProofs.AsNoTracking()
            .Where(row => row.Host == host && row.VoidedAt == null)
            .OrderByDescending(row => row.At)
            .ToListAsync(cancellationToken);
        return proofs.Select(row => row.ToProof()).FirstOrDefault(proof => proof.IsValid(time.GetUtcNow(), signs));
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other ?? one : one;
}
