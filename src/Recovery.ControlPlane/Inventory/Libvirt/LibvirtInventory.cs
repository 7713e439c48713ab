using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Inventory.Libvirt;

/// <summary>A plain libvirt cluster: what executors reported, and to which host each instance belongs.</summary>
/// <remarks>
/// The last known state of a guest decides whether it shall run again. A host that dies slowly reports its guests as
/// crashed before it falls silent; that state keeps the intent to run, only shut off by its owner means "stay off".
/// </remarks>
public sealed class LibvirtInventory(
    IDbContextFactory<RecoveryDbContext> contexts, LivenessBoard liveness, InventoryChanges changes, TimeProvider time)
    : IInventory, IInventorySteps
{
    public async Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);

        // In this order: an instance that is committed between two of these queries is then counted as reserved and
        // as present, never as neither. A target that seems too full for a moment does no harm.
        var reservations = await ReservationsAsync(database, exceptRecovery, cancellationToken);
        var instances = await database.Instances.AsNoTracking().ToListAsync(cancellationToken);
        var rows = await DomainsAsync(database, cancellationToken);
        var hosts = await database.Hosts.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
        var cpus = new CpuQuestions(hosts.ToDictionary(host => host.Name, host => host.CpuModel, StringComparer.Ordinal));
        var domains = rows.ConvertAll(row => (row.Host, Instance: ToInstance(row, cpus)));

        var domainsOf = domains.ToLookup(domain => domain.Host, StringComparer.Ordinal);
        var byPlace = domains.ToDictionary(domain => (domain.Host, domain.Instance.Id), domain => domain.Instance);
        return new ClusterSnapshot(
            time.GetUtcNow(),
            [.. hosts.Select(host => ToHost(host, domainsOf[host.Name].Select(domain => domain.Instance.Id)))],
            [.. instances
                .Select(row => byPlace.GetValueOrDefault((row.Host, row.Id)))
                .OfType<Instance>()
                .OrderBy(instance => instance.Name, StringComparer.Ordinal).ThenBy(instance => instance.Id)],
            reservations);
    }

    public async Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
        IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        var kept = await database.Instances.Where(row => instances.Contains(row.Id))
            .Join(database.Domains, row => new { row.Host, Uuid = row.Id }, domain => new { domain.Host, domain.Uuid },
                (_, domain) => new { domain.Uuid, domain.Host, domain.Definition, domain.PolicyFaults, domain.ReportedAt })
            .ToListAsync(cancellationToken);
        var names = kept.Select(domain => domain.Host).Distinct().ToList();
        var hosts = await database.Hosts.AsNoTracking().Where(row => names.Contains(row.Name))
            .ToDictionaryAsync(row => row.Name, row => (row.Storages, row.CpuModel), cancellationToken);
        return kept.ToDictionary(
            domain => domain.Uuid,
            domain => (hosts.TryGetValue(domain.Host, out var host)
                ? new KeptDefinition(domain.Definition, host.Storages, host.CpuModel, domain.ReportedAt)
                : new KeptDefinition(domain.Definition, [], "", domain.ReportedAt)) with
            { PolicyFaults = domain.PolicyFaults });
    }

    /// <summary>Of a plain cluster there is one way.</summary>
    public Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken) => Task.FromResult(plan);

    /// <summary>Its quarantine is all that kept it away.</summary>
    public Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<PreparedStep> PrepareAsync(InventoryStep step, CancellationToken cancellationToken) =>
        Task.FromResult(PreparedStep.NothingForeign);

    /// <summary>The commit: nothing else of a plain cluster is written anywhere but on its hosts.</summary>
    public async Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        if (step.Action != StepAction.Commit)
        {
            throw new ArgumentException($"A plain libvirt cluster knows no step {step.Action}.", nameof(step));
        }

        return await CommitAsync(step.Instance, step.Source, step.Target, step.Intent, cancellationToken)
            ? new InventoryAnswer(StepOutcome.Succeeded, "", $"It belongs to {step.Target} now.")
            : new InventoryAnswer(
                StepOutcome.FailedForGood,
                "COMMIT_MISSED",
                $"The inventory says that {step.Name} does not belong to {step.Source} any more, so somebody else moved it. "
                + "Look where it runs before you retry it.");
    }

    /// <summary>
    /// The instance belongs to the target from now on. Compare and set: false, and nothing changed, when it does not
    /// belong to the source any more. Doing it twice is one.
    /// </summary>
    public async Task<bool> CommitAsync(
        Guid instance, string source, string target, PowerIntent intent, CancellationToken cancellationToken)
    {
        var belongs = await contexts.InTransactionAsync(
            time,
            (database, transaction) => CommitAsync(database, transaction, instance, source, target, intent, cancellationToken),
            cancellationToken,
            TakenKey.IsAConflict);
        changes.Notify();
        return belongs;
    }

    private async Task<bool> CommitAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        Guid instance,
        string source,
        string target,
        PowerIntent intent,
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

        await EnsureDomainAsync(database, instance, source, target, intent, now, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // The target's own report may still be on its way. Were the target to die before it, the instance would be known
    // without a definition, or as the shut-off domain that it was between define and start.
    private static async Task EnsureDomainAsync(
        RecoveryDbContext database, Guid instance, string source, string target, PowerIntent intent, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var rows = await database.Domains.Where(row => row.Uuid == instance && (row.Host == source || row.Host == target))
            .ToListAsync(cancellationToken);
        if (rows.Find(row => row.Host == target) is { } reported)
        {
            if (intent != PowerIntent.StayOff && reported.State == DomainState.ShutOff)
            {
                reported.State = StateOf(intent);
            }
        }
        else if (rows.Find(row => row.Host == source) is { } left)
        {
            database.Add(new DomainRow
            {
                Host = target,
                Uuid = left.Uuid,
                Name = left.Name,
                State = StateOf(intent),
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

    private static DomainState StateOf(PowerIntent intent) => intent switch
    {
        PowerIntent.StayOff => DomainState.ShutOff,
        PowerIntent.Pause => DomainState.Paused,
        _ => DomainState.Running,
    };

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

    // What others have promised and not delivered yet. What is off takes no room, what is recovered is an instance of
    // its target by now, and what is put back gives its room away.
    private static async Task<IReadOnlyList<Reservation>> ReservationsAsync(
        RecoveryDbContext database, Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        var promised = await database.RecoveryInstances.AsNoTracking()
            .Where(row => row.RecoveryId != exceptRecovery && row.Target != null && row.Intent != PowerIntent.StayOff
                && (row.State == InstanceState.Waiting || row.State == InstanceState.Recovering))
            .Join(database.Recoveries.Where(row => BelongingKeeper.LiveStates.Contains(row.State)),
                row => row.RecoveryId, recovery => recovery.Id, (row, _) => new { row.Target, row.InstanceId, row.Instance })
            .ToListAsync(cancellationToken);
        return [.. promised.Select(row => new Reservation(
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
