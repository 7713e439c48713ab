using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.Libvirt;

/// <summary>A plain libvirt cluster: what executors reported, and to which host each instance belongs.</summary>
public sealed class LibvirtInventory(
    IDbContextFactory<RecoveryDbContext> contexts, ReportedClusterReader reports, BelongingBook book, TimeProvider time)
    : IInventory, IInventorySteps
{
    public async Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        var reported = await reports.ReadAsync(exceptRecovery, cancellationToken);
        return new ClusterSnapshot(
            time.GetUtcNow(),
            reported.Hosts,
            [.. reported.Belonging
                .Select(each => reported.Domains.GetValueOrDefault((each.Value, each.Key)))
                .OfType<Instance>()
                .OrderBy(instance => instance.Name, StringComparer.Ordinal).ThenBy(instance => instance.Id)],
            reported.Reservations);
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
    public Task<bool> CommitAsync(
        Guid instance, string source, string target, PowerIntent intent, CancellationToken cancellationToken) =>
        book.MoveAsync(instance, source, target, StateOf(intent), cancellationToken);

    private static DomainState StateOf(PowerIntent intent) => intent switch
    {
        PowerIntent.StayOff => DomainState.ShutOff,
        PowerIntent.Pause => DomainState.Paused,
        _ => DomainState.Running,
    };
}
