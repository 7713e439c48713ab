using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>A server as the planner sees it: its state and room are Nova's, its disks as its host told, else as Nova names them.</summary>
internal static class CloudInstances
{
    private const int MibPerGib = 1024;

    /// <param name="cloud">As Nova has it.</param>
    /// <param name="told">Its domain as its host told; null when that never did.</param>
    /// <param name="files">Where its host keeps its instances' files; null when that is not known.</param>
    public static Instance ToInstance(CloudInstance cloud, Instance? told, InstancesStorage? files)
    {
        var amounts = cloud.Allocations.GroupBy(each => each.ResourceClass, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(each => each.Used), StringComparer.Ordinal);
        var policy = told?.Policy ?? InstancePolicy.None;
        return new Instance
        {
            Id = cloud.Uuid,
            Name = cloud.Name,
            Host = cloud.Host,
            State = StateOf(cloud),
            MemoryMib = amounts.GetValueOrDefault("MEMORY_MB", cloud.MemoryMib),
            Vcpus = amounts.GetValueOrDefault("VCPU", cloud.Vcpus),
            DiskMib = (long)amounts.GetValueOrDefault("DISK_GB") * MibPerGib,
            HoldsRoomWhenOff = true,
            Amounts = amounts,
            Obstacle = HandOver.Why(cloud),
            Disks = WithVolumes(told?.Disks ?? RootOf(cloud, files), cloud),
            Files = told?.Files ?? [],
            Requirements = RequirementsOf(told),
            Policy = policy with
            {
                Zone = cloud.RequestedZone.Length > 0 ? cloud.RequestedZone : policy.Zone,
                Groups = [.. policy.Groups, .. cloud.Groups.Select(GroupOf).OfType<InstanceGroup>()],
                RequiredTraits = [.. policy.RequiredTraits, .. CloudTraits.RequiredBy(cloud)],
                ForbiddenTraits = [.. policy.ForbiddenTraits, .. CloudTraits.ForbiddenBy(cloud)],
                Image = policy.Image.Length > 0 ? policy.Image : cloud.ImageRef,
            },
        };
    }

    // What Nova calls active shall run, also where the guest has gone off since: Nova would start it again.
    private static DomainState StateOf(CloudInstance cloud) => cloud.VmState switch
    {
        "stopped" => DomainState.ShutOff,
        "paused" => DomainState.Paused,
        _ => DomainState.Running,
    };

    private static InstanceGroup? GroupOf(ServerGroupView group) => group.Policy switch
    {
        "affinity" => new(NameOf(group), GroupRule.Affinity),
        "anti-affinity" => new(NameOf(group), GroupRule.AntiAffinity, group.MaxServerPerHost),
        "soft-affinity" => new(NameOf(group), GroupRule.SoftAffinity),
        "soft-anti-affinity" => new(NameOf(group), GroupRule.SoftAntiAffinity),
        _ => null,
    };

    // Names of server groups are not unique.
    private static string NameOf(ServerGroupView group) => $"{group.Name} ({group.Uuid})";

    // Neutron's agents and os-vif make these bridges on whichever host needs them, and so does the target's executor.
    private static HostRequirements RequirementsOf(Instance? told) => told is null ? HostRequirements.None : told.Requirements with
    {
        Bridges = [.. told.Requirements.Bridges.Where(bridge =>
            !bridge.StartsWith("brq", StringComparison.Ordinal) && !bridge.StartsWith("qbr", StringComparison.Ordinal))],
    };

    // How a volume is reached Nova says: on its host it is a file below a mount, or a device of a session.
    private static IReadOnlyList<Disk> WithVolumes(IReadOnlyList<Disk> disks, CloudInstance cloud)
    {
        var volumes = cloud.Volumes.Where(volume => volume.Flaw is null).DistinctBy(volume => volume.DeviceName)
            .ToDictionary(volume => volume.DeviceName, StringComparer.Ordinal);
        return
        [
            .. disks.Select(disk => volumes.Remove(disk.Target, out var volume) ? Reached(volume, disk) : disk),
            .. cloud.Volumes.Where(volume => volumes.ContainsKey(volume.DeviceName))
                .Select(volume => Reached(volume, new Disk { Target = volume.DeviceName, SizeBytes = (long)volume.SizeGib << 30 })),
        ];
    }

    private static Disk Reached(VolumeView volume, Disk disk) =>
        volume.Connection!.Reach(disk) with { Shareable = volume.Multiattach || disk.Shareable };

    // It has to be where the target looks for it.
    private static IReadOnlyList<Disk> RootOf(CloudInstance cloud, InstancesStorage? files)
    {
        if (cloud.BootsFromVolume)
        {
            return [];
        }

        var path = $"{cloud.Uuid}/disk";
        var file = files is null
            ? new HostFile("disk", path, "", "")
            : new HostFile("disk", $"{files.Path}/{path}", files.StorageId, files.PathInStorage.Length > 0 ? $"{files.PathInStorage}/{path}" : path, "qcow2");
        return [new Disk { Target = cloud.RootDevice, Format = "qcow2", File = file, SizeBytes = (long)cloud.RootGib << 30 }];
    }
}
