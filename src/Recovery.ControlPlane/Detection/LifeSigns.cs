using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Detection;

/// <summary>
/// What follows from hearing a host: it is written down, and whatever proved that it is off proves nothing more. Its own
/// word, that no guest runs there, is not contradicted by its being alive; see <c>ExecutorWords</c>.
/// </summary>
public sealed class LifeSigns(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, TimeProvider time, ILogger<LifeSigns> log)
{
    /// <summary>Writes down when these hosts were heard last, and voids the fence proofs that they outlived.</summary>
    public async Task RecordAsync(IReadOnlyCollection<string> hosts, CancellationToken cancellationToken)
    {
        var heard = hosts
            .Select(host => (Host: host, At: liveness.LastHeard(host)))
            .Where(sign => sign.At is not null)
            .ToDictionary(sign => sign.Host, sign => sign.At!.Value, StringComparer.Ordinal);
        if (heard.Count == 0)
        {
            return;
        }

        var voided = await contexts.InTransactionAsync(
            time,
            async (database, transaction) =>
            {
                // In one order: replicas that write the same hosts wait for each other, and not in a circle.
                foreach (var (host, at) in heard.OrderBy(sign => sign.Key, StringComparer.Ordinal))
                {
                    await database.Hosts
                        .Where(row => row.Name == host && (row.LastHeardAt == null || row.LastHeardAt < at))
                        .ExecuteUpdateAsync(row => row.SetProperty(each => each.LastHeardAt, at), cancellationToken);
                }

                var outlived = await VoidAsync(database, heard, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return outlived;
            },
            cancellationToken);
        voided.ForEach(sentence => log.LogWarning("{FenceProofVoided}", sentence));
    }

    // Compared with the moment of the life sign, not with now: a host that was heard, then fenced, is fenced.
    private async Task<List<string>> VoidAsync(
        RecoveryDbContext database, Dictionary<string, DateTimeOffset> heard, CancellationToken cancellationToken)
    {
        var names = heard.Keys.ToList();
        var standing = await database.FenceProofs
            .Where(row => row.VoidedAt == null && names.Contains(row.Host))
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        var told = new List<string>();
        foreach (var row in standing.Where(row => row.ToProof().IsContradictedBy(new HostSigns(heard[row.Host], GuestSeenAt: null))))
        {
            row.VoidedAt = now;
            var sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Host} is alive, so the fence proof of {row.At:yyyy-MM-dd HH:mm:ss}Z ({row.Kind}: {row.Evidence}) is void from now on: nothing more is started on its strength. Either somebody has switched {row.Host} on again, or whoever said that it is off was wrong: look at its power controller");
            await ProofAlarm.RaiseAsync(database, row.Host, $"{sentence}.", now, cancellationToken);
            told.Add(sentence);
        }

        await database.SaveChangesAsync(cancellationToken);
        return told;
    }
}
