using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>
/// Ends what a host's own word proved. Such a host lives on, so its heartbeats say nothing; what contradicts its word is
/// a guest that is active there, or another boot: whatever its executor had arranged may not have survived that.
/// </summary>
internal static class ExecutorWords
{
    /// <param name="database">Inside the transaction of the report; what it changes is saved with it.</param>
    /// <param name="host">As it is known.</param>
    /// <param name="boot">The boot that is reported now; empty: nothing is said of it.</param>
    /// <param name="said">The domains that are reported now.</param>
    /// <param name="at">When the report was received.</param>
    /// <param name="now">When a proof is void, if one is.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    /// <returns>A sentence for each proof that is void, to be told once the transaction is committed.</returns>
    public static async Task<List<string>> VoidAsync(
        RecoveryDbContext database,
        HostRow host,
        string boot,
        IReadOnlyCollection<DomainRow> said,
        DateTimeOffset at,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // The host's row may have it already, within this transaction.
        var isAnotherBoot = boot.Length > 0 && boot != database.Entry(host).Property(row => row.Boot).OriginalValue;
        var active = said.Where(domain => domain.IsActive)
            .Select(domain => domain.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (!isAnotherBoot && active.Count == 0)
        {
            return [];
        }

        var why = active.Count > 0 ? $"{string.Join(", ", active)} {(active.Count == 1 ? "is" : "are")} active there" : "it has booted since";
        var words = await database.FenceProofs
            .Where(row => row.Host == host.Name && row.Kind == FenceProofKind.ExecutorWord && row.VoidedAt == null)
            .ToListAsync(cancellationToken);
        var contradicted = words.FindAll(row => row.ToProof().IsContradictedBy(new HostSigns(HeardAt: null, GuestSeenAt: at)));
        var told = new List<string>();
        foreach (var row in contradicted)
        {
            row.VoidedAt = now;
            var sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{host.Name} said on {row.At:yyyy-MM-dd HH:mm:ss}Z that no guest runs there, and {why}: that fence proof is void from now on, and nothing more is started on its strength");
            await ProofAlarm.RaiseAsync(database, host.Name, $"{sentence}.", now, cancellationToken);
            told.Add(sentence);
        }

        return told;
    }
}
