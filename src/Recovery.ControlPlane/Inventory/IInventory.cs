using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory;

/// <summary>The one port to what is known of the cluster, whoever keeps it: the executors' reports, or Nova.</summary>
public interface IInventory
{
    /// <summary>The cluster now. Reservations are those of all live recoveries but the one that asks.</summary>
    Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken);

    /// <summary>The kept definitions of these instances, as the host that each belongs to reported them last.</summary>
    Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
        IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken);

    /// <summary>The plan, with the way by which each of its instances is brought up, and what that writes elsewhere.</summary>
    /// <param name="plan">Moves that were planned on a snapshot of this inventory.</param>
    /// <param name="wished">The only way that whoever asked wants; null: whichever is best.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken);

    /// <summary>
    /// A host that is back, and on which nothing of others is left, takes instances again where the cluster is kept. Doing it
    /// twice is one.
    /// </summary>
    /// <returns>Why not yet, for a human; null when it does.</returns>
    /// <exception cref="InventoryUnreachableException">It can't be read or written now.</exception>
    Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken);
}

/// <summary>A domain XML and what is needed to read its paths.</summary>
/// <param name="Definition">The inactive domain XML.</param>
/// <param name="SourceStorages">Where its host saw its storages.</param>
/// <param name="SourceCpuModel">The CPU model of its host, as libvirt names it; empty when unknown.</param>
/// <param name="ReportedAt">Its age counts from here.</param>
public sealed record KeptDefinition(
    string Definition,
    IReadOnlyList<Persistence.Rows.StorageView> SourceStorages,
    string SourceCpuModel,
    DateTimeOffset ReportedAt)
{
    /// <summary>What could not be understood of its owner's policy; the rest counts.</summary>
    public IReadOnlyList<string> PolicyFaults { get; init; } = [];

    /// <summary>Of an inventory that knows them: the instance's ports, as a target has to plug them in.</summary>
    public IReadOnlyList<NetworkPort> Ports { get; init; } = [];

    /// <summary>In what it is none that its host reported, and what is not known of it, a sentence each; empty when it is one.</summary>
    public IReadOnlyList<string> Guessed { get; init; } = [];

    /// <summary>Why nothing can be defined of it, a sentence each; empty when it can.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>The instance as it is brought up: with the ports that are known with its definition.</summary>
    public Instance Complete(Instance instance) => Ports.Count == 0 ? instance : instance with { Ports = Ports };

    /// <summary>What an executor may be given to define: nothing, when that is refused.</summary>
    public string Definable => Refusals.Count == 0 ? Definition : "";
}
