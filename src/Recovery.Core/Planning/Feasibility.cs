using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Why a host can't take an instance. No rejection means that it can.</summary>
internal static class Feasibility
{
    public static IEnumerable<Rejection> Check(Instance instance, Host host, Room room, PlanRequest request) =>
        State(instance, host, request)
            .Concat(Storage(instance, host))
            .Concat(Capacity(instance, host, room));

    private static IEnumerable<Rejection> State(Instance instance, Host host, PlanRequest request)
    {
        if (host.Name == instance.Host || request.Sources.Contains(host.Name))
        {
            yield return new(host.Name, RejectionKind.IsSource, $"{host.Name} is being recovered from");
            yield break;
        }

        if (request.Targets.Count > 0 && !request.Targets.Contains(host.Name))
        {
            yield return new(host.Name, RejectionKind.NotRequested, $"{host.Name} is not among the requested targets");
        }

        if (host.Liveness != HostLiveness.Up)
        {
            yield return new(host.Name, RejectionKind.NotUp, host.Liveness switch
            {
                HostLiveness.NeverSeen => $"{host.Name}'s executor was never heard",
                HostLiveness.LibvirtDown => $"{host.Name}'s libvirt does not answer",
                _ => $"{host.Name}'s executor is silent",
            });
        }

        if (host.Maintenance)
        {
            yield return new(host.Name, RejectionKind.InMaintenance, $"{host.Name} is in maintenance");
        }

        if (host.Quarantined)
        {
            yield return new(host.Name, RejectionKind.Quarantined, $"{host.Name} was recovered from and is not proven clean yet");
        }

        if (host.Domains.Contains(instance.Id))
        {
            yield return new(host.Name, RejectionKind.HasStaleDomain,
                $"{host.Name} already has a domain with the UUID of {instance.Name}; look at it and undefine it there first");
        }
    }

    private static IEnumerable<Rejection> Storage(Instance instance, Host host)
    {
        foreach (var disk in instance.Disks)
        {
            if (disk.BlockDevice is { } device)
            {
                yield return new(host.Name, RejectionKind.DiskNotShared,
                    $"disk {disk.Target} is the block device {device} of {instance.Host}, which {host.Name} can't be asked for");
            }

            var files = disk.File is { } file ? disk.BackingFiles.Prepend(file) : disk.BackingFiles;
            foreach (var rejection in files.SelectMany(each => Missing($"disk {disk.Target}", each, host)))
            {
                yield return rejection;
            }
        }

        foreach (var rejection in instance.Files.SelectMany(each => Missing(each.Role, each, host)))
        {
            yield return rejection;
        }
    }

    private static IEnumerable<Rejection> Missing(string what, HostFile file, Host host)
    {
        if (!file.OnStorage)
        {
            yield return new(host.Name, RejectionKind.DiskNotShared, $"{what} ({file.Path}) is on no shared storage");
        }
        else if (!host.Storages.Contains(file.StorageId))
        {
            yield return new(host.Name, RejectionKind.StorageMissing,
                $"{host.Name} does not see storage {file.StorageId}, where {what} is");
        }
    }

    private static IEnumerable<Rejection> Capacity(Instance instance, Host host, Room room)
    {
        var left = room.Less(instance);
        if (left.MemoryMib < 0 && instance.Intent != PowerIntent.StayOff)
        {
            yield return new(host.Name, RejectionKind.MemoryShort,
                $"needs {instance.MemoryMib} MiB, {host.Name} has {Math.Max(0, room.MemoryMib)} MiB free");
        }

        if (left.Vcpus < 0 && instance.Intent != PowerIntent.StayOff)
        {
            yield return new(host.Name, RejectionKind.VcpusShort,
                $"needs {instance.Vcpus} vCPUs, {host.Name} has {Math.Max(0, room.Vcpus)} free");
        }
    }
}
