using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>The instances that a report says something about, with every host's copy of each.</summary>
/// <param name="Touched">The instances.</param>
/// <param name="IsUp">Every registered host, and whether it can be believed now.</param>
/// <param name="CopiesOf">Of those that any host has.</param>
public sealed record ReportedCopies(
    IReadOnlyCollection<Guid> Touched,
    IReadOnlyDictionary<string, bool> IsUp,
    IReadOnlyDictionary<Guid, InstanceCopies> CopiesOf)
{
    /// <param name="database">Inside the transaction of the report, which is saved.</param>
    /// <param name="liveness">Who is up.</param>
    /// <param name="reporter">Whoever reports is up, whatever the board says.</param>
    /// <param name="touched">The instances that the report says something about.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    internal static async Task<ReportedCopies> ReadAsync(
        RecoveryDbContext database,
        LivenessBoard liveness,
        string reporter,
        IReadOnlyCollection<Guid> touched,
        CancellationToken cancellationToken)
    {
        var registered = await database.Hosts.Select(row => row.Name).ToListAsync(cancellationToken);
        var off = await OffSinceAsync(database, cancellationToken);
        var isUp = registered.ToDictionary(
            host => host,
            host => host == reporter
                || (liveness.Of(host, everReported: true) == HostLiveness.Up && !(off.GetValueOrDefault(host) > liveness.LastHeard(host))),
            StringComparer.Ordinal);
        return new ReportedCopies(touched, isUp, await CopyAlarms.CopiesAsync(database, touched, isUp, cancellationToken));
    }

    // Just switched off, a host still counts as up until it has missed its heartbeats; its guests may run elsewhere by then.
    private static async Task<Dictionary<string, DateTimeOffset?>> OffSinceAsync(
        RecoveryDbContext database, CancellationToken cancellationToken)
    {
        var proofs = await database.FenceProofs.AsNoTracking()
            .Where(row => row.VoidedAt == null && (row.Kind == FenceProofKind.PowerOff || row.Kind == FenceProofKind.Attestation))
            .Select(row => new { row.Host, row.At })
            .ToListAsync(cancellationToken);
        return proofs.GroupBy(row => row.Host, StringComparer.Ordinal)
            .ToDictionary(rows => rows.Key, rows => (DateTimeOffset?)rows.Max(row => row.At), StringComparer.Ordinal);
    }
}
