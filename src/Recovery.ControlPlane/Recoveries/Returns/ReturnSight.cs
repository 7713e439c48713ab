using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Returns;

/// <summary>Gathers what the rules need to know of a host that is back: its domains, and what is known of them elsewhere.</summary>
public sealed class ReturnSight(
    IInventory inventory, FenceProofs proofs, LivenessBoard liveness, IDbContextFactory<RecoveryDbContext> contexts, RecoveryOptions options)
{
    private readonly bool keptByNova = options.Inventory == RecoveryOptions.Nova;

    /// <param name="host">The host that is back.</param>
    /// <param name="recovery">The recovery that asks; what it holds itself is not in its way.</param>
    /// <param name="onlyAutostart">Nobody asked for what has no autostart.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="InventoryUnreachableException">The cluster can't be read now.</exception>
    public async Task<ReturnView> LookAsync(
        string host, Guid? recovery, bool onlyAutostart, CancellationToken cancellationToken)
    {
        var snapshot = await inventory.SnapshotAsync(recovery, cancellationToken);
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        var domains = await database.Domains.AsNoTracking()
            .Where(row => row.Host == host)
            .Select(row => new { row.Uuid, row.Name, row.State, row.WhyOffIsForgotten, row.Autostart })
            .OrderBy(row => row.Name)
            .ToListAsync(cancellationToken);
        var ids = domains.ConvertAll(domain => domain.Uuid);
        var ownerOf = await OwnersAsync(database, host, ids, snapshot, cancellationToken);
        var recovered = await RecoveredFromAsync(database, host, ids, cancellationToken);
        var holders = await HoldersAsync(database, recovery, ids, cancellationToken);
        var elsewhere = await ElsewhereAsync(database, host, ids, snapshot, cancellationToken);
        return new ReturnView(
            new ReturnPlan(
                host,
                domains.ConvertAll(domain => ReturnRules.Of(
                    host,
                    new ReturnedDomain
                    {
                        Id = domain.Uuid,
                        Name = domain.Name,
                        State = domain.State,
                        IsActive = domain.State is DomainState.Running or DomainState.Paused && !domain.WhyOffIsForgotten,
                        IsOffSinceBoot = domain.WhyOffIsForgotten,
                        Autostart = domain.Autostart,
                        BelongsTo = ownerOf.GetValueOrDefault(domain.Uuid),
                        KeptByNova = keptByNova,
                        WasRecoveredFromHere = recovered.Contains(domain.Uuid),
                        HeldBy = holders.TryGetValue(domain.Uuid, out var holder) ? holder : null,
                        MayRunOn = [.. elsewhere[domain.Uuid]],
                    },
                    onlyAutostart))),
            snapshot);
    }

    // A cell of a cloud may be unreadable. What our own book says belongs elsewhere is as good a reason to keep a host in
    // quarantine; what it says belongs here is none to start anything.
    private async Task<Dictionary<Guid, string>> OwnersAsync(
        RecoveryDbContext database, string host, List<Guid> ids, ClusterSnapshot snapshot, CancellationToken cancellationToken)
    {
        var owners = snapshot.Instances.ToDictionary(instance => instance.Id, instance => instance.Host);
        if (keptByNova && snapshot.Faults.Count > 0)
        {
            foreach (var row in await database.Instances.AsNoTracking()
                .Where(row => ids.Contains(row.Id) && row.Host != host)
                .ToListAsync(cancellationToken))
            {
                owners.TryAdd(row.Id, row.Host);
            }
        }

        return owners;
    }

    private static async Task<HashSet<Guid>> RecoveredFromAsync(
        RecoveryDbContext database, string host, List<Guid> ids, CancellationToken cancellationToken) =>
        await database.RecoveryInstances.AsNoTracking()
            .Where(row => row.Source == host && row.Task == InstanceTask.Move && ids.Contains(row.InstanceId)
                && (row.State == InstanceState.Recovered || row.State == InstanceState.AwaitingReadiness))
            .Select(row => row.InstanceId)
            .ToHashSetAsync(cancellationToken);

    private static async Task<Dictionary<Guid, Guid>> HoldersAsync(
        RecoveryDbContext database, Guid? recovery, List<Guid> ids, CancellationToken cancellationToken)
    {
        var subjects = ids.ToDictionary(RecoveryLockRow.ForInstance);
        var names = subjects.Keys.ToList();
        var held = await database.Locks.AsNoTracking()
            .Where(row => names.Contains(row.Subject) && row.RecoveryId != recovery)
            .ToListAsync(cancellationToken);
        return held.ToDictionary(row => subjects[row.Subject], row => row.RecoveryId);
    }

    // A host that is up is believed. Of any other, what it said last stands, until something proves that it is off:
    // unknown is not dead.
    private async Task<ILookup<Guid, string>> ElsewhereAsync(
        RecoveryDbContext database, string host, List<Guid> ids, ClusterSnapshot snapshot, CancellationToken cancellationToken)
    {
        var copies = await database.Domains.AsNoTracking()
            .Where(row => ids.Contains(row.Uuid) && row.Host != host)
            .Where(DomainRow.HoldsItsDisks)
            .Select(row => new { row.Uuid, row.Host })
            .ToListAsync(cancellationToken);
        var doubtful = new HashSet<string>(StringComparer.Ordinal);
        foreach (var other in copies.Select(copy => copy.Host).Distinct().Where(name => snapshot.FindHost(name) is not null))
        {
            if (liveness.Of(other, everReported: true) == HostLiveness.Up
                || await proofs.ValidAsync(other, cancellationToken) is null)
            {
                doubtful.Add(other);
            }
        }

        return copies.Where(copy => doubtful.Contains(copy.Host)).ToLookup(copy => copy.Uuid, copy => copy.Host);
    }
}

/// <summary>What there is to do, and the cluster in which that is so.</summary>
public sealed record ReturnView(ReturnPlan Plan, ClusterSnapshot Cluster);
