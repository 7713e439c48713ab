using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>All that the checks of a request look at, taken once so that they agree with each other.</summary>
/// <param name="Cluster">Hosts and instances.</param>
/// <param name="LastHeard">When each host was heard last; hosts that were not heard by this process are missing.</param>
/// <param name="Holders">Which live recovery holds which subject.</param>
/// <param name="TooEarlyToTell">Hosts whose silence says nothing yet, and how long to wait for each.</param>
public sealed record AcceptanceSight(
    ClusterSnapshot Cluster,
    IReadOnlyDictionary<string, DateTimeOffset> LastHeard,
    IReadOnlyDictionary<string, Guid> Holders,
    IReadOnlyDictionary<string, TimeSpan> TooEarlyToTell)
{
    /// <summary>Null when the cluster is no cloud's.</summary>
    public CloudSight? Cloud { get; init; }

    public Guid? HolderOf(string subject) => Holders.TryGetValue(subject, out var recovery) ? recovery : null;
}

/// <summary>
/// What is so in a cloud alone: it is Nova that says which hosts there are and what belongs to them, and it says so of
/// hosts that were never seen or registered here as well.
/// </summary>
/// <param name="Registered">All hosts that are registered here, whether Nova knows them or not.</param>
/// <param name="ServiceDownAfter">A nova-compute that Nova has not heard for so long is down.</param>
public sealed record CloudSight(IReadOnlySet<string> Registered, TimeSpan ServiceDownAfter);

/// <summary>Takes the sight.</summary>
public sealed class AcceptanceLookout(
    IInventory inventory, LivenessBoard liveness, IDbContextFactory<RecoveryDbContext> databases, RecoveryOptions options)
{
    public async Task<AcceptanceSight> LookAsync(CancellationToken cancellationToken)
    {
        var cluster = await inventory.SnapshotAsync(exceptRecovery: null, cancellationToken);
        var heard = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var tooEarly = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var host in cluster.Hosts)
        {
            if (liveness.LastHeard(host.Name) is { } at)
            {
                heard[host.Name] = at;
            }

            if (liveness.TooEarlyToTell(host.Name) is { } wait)
            {
                tooEarly[host.Name] = wait;
            }
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var holders = await database.Locks.AsNoTracking()
            .ToDictionaryAsync(held => held.Subject, held => held.RecoveryId, StringComparer.Ordinal, cancellationToken);
        return new AcceptanceSight(cluster, heard, holders, tooEarly) { Cloud = await CloudAsync(database, cancellationToken) };
    }

    private async Task<CloudSight?> CloudAsync(RecoveryDbContext database, CancellationToken cancellationToken) =>
        options.Inventory == RecoveryOptions.Nova
            ? new CloudSight((await database.Hosts.AsNoTracking().Select(host => host.Name).ToListAsync(cancellationToken))
                .ToHashSet(StringComparer.Ordinal), TimeSpan.FromSeconds(options.OpenStack.ServiceDownSeconds))
            : null;
}
