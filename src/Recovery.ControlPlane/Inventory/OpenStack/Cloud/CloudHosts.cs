using Recovery.Core.Inventory;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>A nova-compute as the planner sees it: its room is Placement's, its life its executor's.</summary>
internal static class CloudHosts
{
    private const string Memory = "MEMORY_MB";
    private const string Vcpu = "VCPU";
    private const string Disk = "DISK_GB";
    private const int MibPerGib = 1024;

    /// <param name="cloud">As Nova and Placement have it.</param>
    /// <param name="told">As its executor told; null when it never had one.</param>
    /// <param name="instances">Those that belong to it.</param>
    public static Host ToHost(CloudHost cloud, Host? told, IEnumerable<Instance> instances)
    {
        var inventories = cloud.Provider?.Inventories ?? new Dictionary<string, ProviderInventory>();
        var here = instances.ToList();
        var memory = inventories.GetValueOrDefault(Memory);
        var vcpus = inventories.GetValueOrDefault(Vcpu);
        var disk = inventories.GetValueOrDefault(Disk);
        return (told ?? new Host { Name = cloud.Name, Liveness = HostLiveness.NeverSeen, MemoryMib = 0, Vcpus = 0 }) with
        {
            SeenByOthersAt = cloud.LastSeenUp,
            Zone = cloud.Zone,
            Aggregates = cloud.Aggregates,
            Traits = CloudTraits.Of(cloud).Concat(told?.Traits ?? new HashSet<string>()).ToHashSet(StringComparer.Ordinal),
            Maintenance = cloud.Disabled || cloud.ForcedDown || (told?.Maintenance ?? false),
            MemoryMib = memory?.Total ?? 0,
            Vcpus = vcpus?.Total ?? 0,
            DiskMib = (long)(disk?.Total ?? 0) * MibPerGib,
            Limits = new HostLimits(
                memory?.AllocationRatio ?? 1,
                Withheld(memory, here.Sum(instance => instance.MemoryMib)),
                vcpus?.AllocationRatio ?? 1,
                (int)Withheld(vcpus, here.Sum(instance => (long)instance.Vcpus)),
                disk?.AllocationRatio ?? 1,
                Withheld(disk, here.Sum(instance => instance.DiskMib) / MibPerGib) * MibPerGib),
            Units = inventories.ToDictionary(
                each => each.Key, each => new UnitLimits(each.Value.MinUnit, each.Value.MaxUnit, each.Value.StepSize)),
        };
    }

    // Placement gives away (total - reserved) × ratio, the planner total × ratio less what is withheld: so that is withheld
    // by which the first is less, and what consumers take there that the planner does not know.
    private static long Withheld(ProviderInventory? inventory, long known) => inventory is null
        ? 0
        : (long)(inventory.Total * inventory.AllocationRatio)
            - (long)((inventory.Total - inventory.Reserved) * inventory.AllocationRatio)
            + Math.Max(0, inventory.Used - known);
}
