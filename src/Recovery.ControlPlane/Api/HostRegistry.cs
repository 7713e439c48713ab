using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary>The registered hosts, as operators read and write them.</summary>
internal sealed class HostRegistry(
    IDbContextFactory<RecoveryDbContext> databases, LivenessBoard liveness, InventoryChanges changes, TimeProvider time)
{
    private const int NamedAtMost = 20;

    /// <summary>In the order of their names, up to one more than the limit.</summary>
    public async Task<List<HostRow>> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Hosts.AsNoTracking()
            .Where(host => after == null || string.Compare(host.Name, after) > 0)
            .OrderBy(host => host.Name)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
    }

    public async Task<HostRow?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Hosts.AsNoTracking().SingleOrDefaultAsync(host => host.Name == name, cancellationToken);
    }

    /// <summary>Registers the host, or replaces what was said of it. What it reported and its maintenance stay.</summary>
    public async Task<(HostRow? Host, bool Created, IReadOnlyList<Fault> Faults)> PutAsync(
        string name, SaidOfHost said, OperatorWord by, CancellationToken cancellationToken)
    {
        var put = await databases.InTransactionAsync(
            time, (database, transaction) => PutAsync(database, transaction, name, said, by, cancellationToken), cancellationToken);
        if (put.Host is not null)
        {
            changes.Notify();
        }

        return put;
    }

    private async Task<(HostRow? Host, bool Created, IReadOnlyList<Fault> Faults)> PutAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        string name,
        SaidOfHost said,
        OperatorWord by,
        CancellationToken cancellationToken)
    {
        await Turnstile.PassAsync(database, Turnstile.Hosts, cancellationToken);
        var others = await database.Hosts.AsNoTracking()
            .Where(host => host.Name != name)
            .Select(host => new { host.Name, host.Executor })
            .ToListAsync(cancellationToken);
        var faults = new List<Fault>();
        if (others.Find(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } alike)
        {
            faults.Add(new(FaultCodes.HostNameTaken,
                $"{alike.Name} is registered, and host names differ in more than capitals. Use {alike.Name}, or delete it first.")
            { Parameter = "name" });
        }

        // One executor under two names would be one host counted twice, its heartbeat keeping a dead one alive.
        if (others.Find(other => other.Executor.Equals(said.Executor, StringComparison.OrdinalIgnoreCase)) is { } holder)
        {
            faults.Add(new(FaultCodes.ExecutorTaken,
                $"{said.Executor} is the executor of {holder.Name}. Every host has its own; correct this one or {holder.Name}.")
            { Pointer = "/executor" });
        }

        if (faults.Count > 0)
        {
            return (null, false, faults);
        }

        var row = await database.Hosts.SingleOrDefaultAsync(host => host.Name == name, cancellationToken);
        var created = row is null;
        if (row is null)
        {
            row = new HostRow { Name = name, Executor = said.Executor, RegisteredAt = time.GetUtcNow() };
            database.Hosts.Add(row);
        }

        said.WriteTo(row);
        database.Audit.Add(by.Did(
            created ? AuditActions.RegisterHost : AuditActions.ChangeHost, time.GetUtcNow(), Changes(database, row, created), host: name));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (row, created, []);
    }

    /// <summary>Null when there is no such host.</summary>
    public async Task<HostRow?> SetMaintenanceAsync(
        string name, bool enabled, OperatorWord by, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Hosts.SingleOrDefaultAsync(host => host.Name == name, cancellationToken);
        if (row is not null)
        {
            (row.Maintenance, row.MaintenanceReason) = (enabled, enabled ? by.Why : "");
            database.Audit.Add(by.Did(
                enabled ? AuditActions.BeginMaintenance : AuditActions.EndMaintenance, time.GetUtcNow(), host: name));
            await database.SaveChangesAsync(cancellationToken);
            changes.Notify();
        }

        return row;
    }

    /// <summary>Empty when it is gone; else everything that still needs it. Its fence proofs are kept.</summary>
    public async Task<IReadOnlyList<Fault>> DeleteAsync(string name, OperatorWord by, CancellationToken cancellationToken)
    {
        var faults = await databases.InTransactionAsync(
            time,
            (database, transaction) => DeleteAsync(database, transaction, name, by, cancellationToken),
            cancellationToken,
            TakenKey.IsAConflict);
        if (faults.Count == 0)
        {
            liveness.Forget(name);
            changes.Notify();
        }

        return faults;
    }

    private async Task<IReadOnlyList<Fault>> DeleteAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        string name,
        OperatorWord by,
        CancellationToken cancellationToken)
    {
        if (!await database.Hosts.AnyAsync(host => host.Name == name, cancellationToken))
        {
            return [HostFaults.NotFound(name)];
        }

        var faults = new List<Fault>();
        faults.AddRange(await LiveRecoveriesAsync(database, name, cancellationToken));
        faults.AddRange(await InstancesAsync(database, name, cancellationToken));
        if (faults.Count > 0)
        {
            return faults;
        }

        // A recovery that is being accepted meanwhile takes the same lock: either it is seen here, then, or it sees that
        // the host is gone.
        var hold = new RecoveryLockRow { Subject = RecoveryLockRow.ForHost(name), RecoveryId = Guid.Empty };
        database.Locks.Add(hold);
        await database.SaveChangesAsync(cancellationToken);
        await database.Domains.Where(domain => domain.Host == name).ExecuteDeleteAsync(cancellationToken);
        await database.Hosts.Where(host => host.Name == name).ExecuteDeleteAsync(cancellationToken);
        database.Locks.Remove(hold);
        database.Audit.Add(by.Did(AuditActions.DeleteHost, time.GetUtcNow(), host: name));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [];
    }

    // Names, not values: how to fence a host is nothing for a log.
    private static string Changes(RecoveryDbContext database, HostRow row, bool created)
    {
        if (created)
        {
            return row.Executor;
        }

        var changed = database.Entry(row).Properties.Where(property => property.IsModified).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Metadata.Name));
        return string.Join(", ", changed) is { Length: > 0 } names ? $"changed: {names}" : "nothing changed";
    }

    private static async Task<IEnumerable<Fault>> LiveRecoveriesAsync(
        RecoveryDbContext database, string name, CancellationToken cancellationToken)
    {
        var live = await database.Recoveries.AsNoTracking()
            .Where(recovery => !States.Final.Contains(recovery.State))
            .Select(recovery => new { recovery.Id, recovery.Request, AsTarget = recovery.Instances.Any(instance => instance.Target == name) })
            .ToListAsync(cancellationToken);
        return live
            .Where(recovery => recovery.AsTarget || recovery.Request.Hosts.Contains(name))
            .Select(recovery => new Fault(FaultCodes.HostInUse,
                $"Recovery {recovery.Id} involves {name} and has not ended. Wait until it has, or cancel it.")
            { Parameter = "name", Recovery = recovery.Id });
    }

    private static async Task<IReadOnlyList<Fault>> InstancesAsync(
        RecoveryDbContext database, string name, CancellationToken cancellationToken)
    {
        var names = await (
            from instance in database.Instances
            where instance.Host == name
            join domain in database.Domains.Where(domain => domain.Host == name) on instance.Id equals domain.Uuid into domains
            from domain in domains.DefaultIfEmpty()
            orderby domain.Name
            select domain == null ? instance.Id.ToString() : domain.Name).ToListAsync(cancellationToken);
        if (names.Count == 0)
        {
            return [];
        }

        var more = names.Count > NamedAtMost ? $" and {names.Count - NamedAtMost} more" : "";
        return [new(FaultCodes.HostInUse,
            $"{names.Count} instances belong to {name}: {string.Join(", ", names.Take(NamedAtMost))}{more}. Without {name} nothing would be known of them. Move or undefine them first.")
        { Parameter = "name" }];
    }

}

/// <summary>Faults that several requests about hosts have in common.</summary>
internal static class HostFaults
{
    public static Fault NotFound(string name) => new(FaultCodes.NoSuchHost,
        $"No host {Requests.Shown.Text(name)} is registered. GET /v1/hosts lists those that are; PUT /v1/hosts/NAME registers one.")
    { Parameter = "name" };
}
