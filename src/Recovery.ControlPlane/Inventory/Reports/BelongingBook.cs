using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>Our own book of which host an instance belongs to. A recovery's commit writes it, whoever else keeps the cluster.</summary>
public sealed class BelongingBook(IDbContextFactory<RecoveryDbContext> contexts, InventoryChanges changes, TimeProvider time)
{
    /// <summary>The instance belongs to the target from now on. Doing it twice is one.</summary>
    /// <param name="instance">Its id.</param>
    /// <param name="source">Where it belongs until now.</param>
    /// <param name="target">Where it was brought up.</param>
    /// <param name="onTarget">What the target's libvirt has of it by now; null when it has nothing, and nothing is noted there.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    /// <returns>Compare and set: false, and nothing changed, when it does not belong to the source any more.</returns>
    public async Task<bool> MoveAsync(
        Guid instance, string source, string target, DomainState? onTarget, CancellationToken cancellationToken)
    {
        var belongs = await contexts.InTransactionAsync(
            time,
            (database, transaction) => MoveAsync(database, transaction, instance, source, target, onTarget, cancellationToken),
            cancellationToken,
            TakenKey.IsAConflict);
        changes.Notify();
        return belongs;
    }

    private async Task<bool> MoveAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        Guid instance,
        string source,
        string target,
        DomainState? onTarget,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var changed = await database.Instances
            .Where(row => row.Id == instance && row.Host == source)
            .ExecuteUpdateAsync(row => row.SetProperty(each => each.Host, target).SetProperty(each => each.Since, now), cancellationToken);
        if (changed == 0)
        {
            // Either it was committed before and the answer got lost, or it is somebody else's by now.
            return await database.Instances.AnyAsync(row => row.Id == instance && row.Host == target, cancellationToken);
        }

        if (onTarget is { } state)
        {
            await EnsureDomainAsync(database, instance, source, target, state, now, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // The target's own report may still be on its way. Were the target to die before it, the instance would be known
    // without a definition, or as the shut-off domain that it was between define and start.
    private static async Task EnsureDomainAsync(
        RecoveryDbContext database, Guid instance, string source, string target, DomainState state, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var rows = await database.Domains.Where(row => row.Uuid == instance && (row.Host == source || row.Host == target))
            .ToListAsync(cancellationToken);
        if (rows.Find(row => row.Host == target) is { } reported)
        {
            if (state != DomainState.ShutOff && reported.State == DomainState.ShutOff)
            {
                reported.State = state;
            }
        }
        else if (rows.Find(row => row.Host == source) is { } left)
        {
            database.Add(new DomainRow
            {
                Host = target,
                Uuid = left.Uuid,
                Name = left.Name,
                State = state,
                Persistent = true,
                Autostart = left.Autostart,
                Definition = left.Definition,
                MemoryMib = left.MemoryMib,
                Vcpus = left.Vcpus,
                Disks = left.Disks,
                Files = left.Files,
                Requirements = left.Requirements,
                CpuXml = left.CpuXml,
                Policy = left.Policy,
                PolicyFaults = left.PolicyFaults,
                ReportedAt = now,
            });
        }
    }
}
