using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary>Fence proofs as operators read and give them.</summary>
internal sealed class ProofBook(
    IDbContextFactory<RecoveryDbContext> databases, LivenessBoard liveness, RunnerSignal signal, TimeProvider time)
{
    /// <summary>Newest first, up to one more than the limit.</summary>
    /// <param name="host">Of this host.</param>
    /// <param name="kind">Only these; null for all.</param>
    /// <param name="before">Only older than the proof of this id.</param>
    /// <param name="limit">At most so many, and one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<List<FenceProofRow>> ListAsync(
        string host, FenceProofKind? kind, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.FenceProofs.AsNoTracking()
            .Where(proof => proof.Host == host
                && (kind == null || proof.Kind == kind)
                && (before == null || proof.Id < before))
            .OrderByDescending(proof => proof.Id)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
    }

    public async Task<FenceProofRow?> FindAsync(string host, long id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.FenceProofs.AsNoTracking()
            .SingleOrDefaultAsync(proof => proof.Host == host && proof.Id == id, cancellationToken);
    }

    /// <summary>Takes a human's word, unless the host itself says otherwise.</summary>
    public async Task<(FenceProofRow? Proof, Fault? Fault)> AttestAsync(
        HostRow host, string who, string reason, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (liveness.Of(host.Name, host.ReportedAt is not null) is HostLiveness.Up or HostLiveness.LibvirtDown)
        {
            var age = time.GetUtcNow() - liveness.LastHeard(host.Name)!.Value;
            return (null, new(FaultCodes.AttestedAlive, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{host.Name} can't be attested off: its executor's last heartbeat is {age.TotalSeconds:0.#} s old. Make sure that it is the right host and switch it off; when it has been silent for {LivenessBoard.SilentAfter.TotalSeconds:0} s, attest it again."))
            { Parameter = "name" });
        }

        var proof = new FenceProofRow
        {
            Host = host.Name,
            Kind = FenceProofKind.Attestation,
            At = time.GetUtcNow(),
            ExpiresAt = expiresAt,
            Evidence = $"Attested by {who}: {reason}",
            By = who,
        };
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.FenceProofs.Add(proof);
        database.Audit.Add(new OperatorWord(who, reason).Did(
            AuditActions.Attest, proof.At, $"off, until {Times.Iso(expiresAt)}", host: host.Name));
        await database.SaveChangesAsync(cancellationToken);

        // A recovery may be waiting for just this.
        signal.Notify();
        return (proof, null);
    }
}
