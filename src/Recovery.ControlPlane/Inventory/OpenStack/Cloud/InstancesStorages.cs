using Recovery.ControlPlane.Inventory.Reports;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Where the files of an instance are whose host never told.</summary>
internal sealed class InstancesStorages(CloudView cloud, ReportedCluster reported)
{
    private readonly ILookup<string, InstancesStorage> byCell = cloud.Hosts
        .Where(host => reported.InstancesStorages.ContainsKey(host.Name))
        .ToLookup(host => host.Cell, host => reported.InstancesStorages[host.Name], StringComparer.Ordinal);

    // Where every host of a cell that told keeps them in one place, so did the one that did not. The disk check on the target
    // looks whether they are there.
    public InstancesStorage? Of(CloudInstance instance)
    {
        if (reported.InstancesStorages.TryGetValue(instance.Host, out var own))
        {
            return own;
        }

        var others = byCell[instance.Cell].DistinctBy(each => (each.StorageId, each.PathInStorage)).Take(2).ToList();
        return others.Count == 1 ? others[0] : null;
    }
}
