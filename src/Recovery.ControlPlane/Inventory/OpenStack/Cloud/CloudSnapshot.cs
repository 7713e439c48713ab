using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>
/// A cloud as the planner sees it. Where instances are and how much room there is, its databases say; who lives and what a
/// host can do, the executors say.
/// </summary>
public static class CloudSnapshot
{
    public static ClusterSnapshot Of(CloudView cloud, ReportedCluster reported)
    {
        var told = reported.Hosts.ToDictionary(host => host.Name, StringComparer.Ordinal);
        var storages = new InstancesStorages(cloud.Hosts.Select(host => (host.Name, host.Cell)), reported.InstancesStorages);
        var instances = cloud.Instances
            .Select(instance => CloudInstances.ToInstance(
                instance, reported.Domains.GetValueOrDefault((instance.Host, instance.Uuid)), storages.Of(instance.Host, instance.Cell)))
            .OrderBy(instance => instance.Name, StringComparer.Ordinal).ThenBy(instance => instance.Id)
            .ToList();
        var at = instances.ToLookup(instance => instance.Host, StringComparer.Ordinal);
        return new ClusterSnapshot(
            cloud.At,
            [.. cloud.Hosts.OrderBy(host => host.Name, StringComparer.Ordinal)
                .Select(host => CloudHosts.ToHost(host, told.GetValueOrDefault(host.Name), at[host.Name]))],
            instances,
            reported.Reservations)
        {
            Faults = cloud.Faults,
        };
    }
}
