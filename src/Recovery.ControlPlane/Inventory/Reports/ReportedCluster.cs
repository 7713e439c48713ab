using Recovery.Core.Inventory;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>What the executors have told: the hosts' life, storages and abilities, and the domains that they have or had.</summary>
/// <param name="Hosts">Registered ones.</param>
/// <param name="Domains">By host and UUID.</param>
/// <param name="InstancesStorages">The storage that a host keeps its instances' files in, by host; of which it is not told, is missing.</param>
/// <param name="Reservations">Of other live recoveries.</param>
public sealed record ReportedCluster(
    IReadOnlyList<Host> Hosts,
    IReadOnlyDictionary<(string Host, Guid Uuid), Instance> Domains,
    IReadOnlyDictionary<string, InstancesStorage> InstancesStorages,
    IReadOnlyList<Reservation> Reservations)
{
    /// <summary>The host of each instance by our own book, which is the inventory of a plain cluster and follows that of a cloud.</summary>
    public IReadOnlyDictionary<Guid, string> Belonging { get; init; } = new Dictionary<Guid, string>();
}

/// <summary>Where a host keeps its instances' files.</summary>
/// <param name="Path">Nova's instances_path there.</param>
/// <param name="StorageId">The storage that this is on.</param>
/// <param name="PathInStorage">Relative to the storage's root; empty when it is the root.</param>
public sealed record InstancesStorage(string Path, string StorageId, string PathInStorage);
