using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>Reads what the executors have told, whoever keeps the cluster.</summary>
/// <remarks>
/// The last known state of a guest decides whether it shall run again. A host that dies slowly reports its guests as
/// crashed before it falls silent; that state keeps the intent to run, only shut off by its owner means "stay off".
/// </remarks>
public sealed class ReportedClusterReader(IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness)
{
    /// <summary>Reservations are those of all live recoveries but the one that asks.</summary>
    public async Task<ReportedCluster> ReadAsync(Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);

        // In this order: an instance that is committed between two of these queries is then counted as reserved and
        // as present, never as neither. A target that seems too full for a moment does no harm.
        var reservations = await ReservationsAsync(database, exceptRecovery, cancellationToken);
        var belonging = await database.Instances.AsNoTracking()
            .ToDictionaryAsync(row => row.Id, row => row.Host, cancellationToken);
        var rows = await DomainsAsync(database, cancellationToken);
        var hosts = await database.Hosts.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);

        var cpus = new CpuQuestions(hosts.ToDictionary(host => host.Name, host => host.CpuModel, StringComparer.Ordinal));
        var domainsOf = rows.ToLookup(row => row.Host, row => row.Uuid, StringComparer.Ordinal);
        return new ReportedCluster(
            [.. hosts.Select(host => ToHost(host, domainsOf[host.Name]))],
            rows.ToDictionary(row => (row.Host, row.Uuid), row => ToInstance(row, cpus)),
            InstancesStoragesOf(hosts),
            reservations)
        {
            Belonging = belonging,
        };
    }

    private static Dictionary<string, InstancesStorage> InstancesStoragesOf(List<HostRow> hosts) =>
        (from host in hosts
         let storage = InstancesStorage.On(host.Storages, host.InstancesPath)
         where storage is not null
         select (host.Name, Storage: storage)).ToDictionary(each => each.Name, each => each.Storage, StringComparer.Ordinal);

    // All but the definitions, which are the bulk of it and none of the planner's business.
    private static async Task<List<DomainRow>> DomainsAsync(RecoveryDbContext database, CancellationToken cancellationToken) =>
        await database.Domains.AsNoTracking()
            .Select(row => new DomainRow
            {
                Host = row.Host,
                Uuid = row.Uuid,
                Name = row.Name,
                State = row.State,
                Definition = "",
                MemoryMib = row.MemoryMib,
                Vcpus = row.Vcpus,
                Disks = row.Disks,
                Files = row.Files,
                Requirements = row.Requirements,
                CpuXml = row.CpuXml,
                Policy = row.Policy,
                ReportedAt = row.ReportedAt,
            })
            .ToListAsync(cancellationToken);

    private static Instance ToInstance(DomainRow row, CpuQuestions cpus) => new()
    {
        Id = row.Uuid,
        Name = row.Name,
        Host = row.Host,
        State = row.State,
        MemoryMib = row.MemoryMib,
        Vcpus = row.Vcpus,
        Disks = row.Disks,
        Files = row.Files,
        Requirements = row.Requirements with { Cpu = cpus.Of(row)?.Id ?? "" },
        Policy = row.Policy,
    };

    // What others have promised and not delivered yet. What is off takes no room unless it is counted all the same;
    // what is recovered is an instance of its target by now, and what is put back gives its room away.
    private static async Task<IReadOnlyList<Reservation>> ReservationsAsync(
        RecoveryDbContext database, Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        var promised = await database.RecoveryInstances.AsNoTracking()
            .Where(row => row.RecoveryId != exceptRecovery && row.Target != null
                && (row.State == InstanceState.Waiting || row.State == InstanceState.Recovering))
            .Join(database.Recoveries.Where(row => RecoveryRow.LiveStates.Contains(row.State)),
                row => row.RecoveryId, recovery => recovery.Id, (row, _) => new { row.Target, row.InstanceId, row.Instance, row.Intent })
            .ToListAsync(cancellationToken);
        return [.. promised.Where(row => row.Intent != PowerIntent.StayOff || row.Instance.HoldsRoomWhenOff).Select(row => new Reservation(
            row.Target!, row.InstanceId, row.Instance.MemoryMib, row.Instance.Vcpus, row.Instance.DiskMib))];
    }

    private Host ToHost(HostRow row, IEnumerable<Guid> domains) => new()
    {
        Name = row.Name,
        FailureDomain = row.FailureDomain,
        Zone = row.Zone,
        Aggregates = row.Aggregates.ToHashSet(StringComparer.Ordinal),
        Traits = row.Traits.ToHashSet(StringComparer.Ordinal),
        Spare = row.Spare,
        Limits = row.Limits,
        Liveness = liveness.Of(row.Name, everReported: row.ReportedAt is not null),
        Maintenance = row.Maintenance,
        Quarantined = row.Quarantined,
        MemoryMib = row.MemoryMib,
        Vcpus = row.Vcpus,
        Storages = row.Storages.Select(storage => storage.Id).ToHashSet(),
        Backends = row.Survey.Backends.ToDictionary(backend => backend.Key, backend => backend.Value.Reachable),
        Abilities = ToAbilities(row),
        Domains = domains.ToHashSet(),
    };

    private static HostAbilities ToAbilities(HostRow row) => new()
    {
        Architecture = row.Architecture,
        DomainTypes = row.Abilities.DomainTypes?.ToHashSet(),
        MachineTypes = row.Abilities.MachineTypes?.ToHashSet(),
        Bridges = row.Abilities.Bridges?.ToHashSet(),
        Networks = row.Abilities.Networks?.ToHashSet(),
        Firmware = row.Survey.Firmware,
        Cpus = row.Survey.Cpus,
        NumaCells = row.Abilities.NumaCells,
    };
}
