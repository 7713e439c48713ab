namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>
/// What is bound to its host in a way that only Nova can undo, or is in the middle of something: it is handed over to Nova's
/// own evacuate, with the reason.
/// </summary>
internal static class HandOver
{
    private static readonly Dictionary<string, string> States = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["building"] = "is still being built",
        ["resized"] = "waits for its resize to be confirmed",
        ["rescued"] = "is in rescue mode",
        ["suspended"] = "is suspended, and what it was doing is in a file of its host",
        ["shelved"] = "is shelved",
        ["shelved_offloaded"] = "is shelved",
        ["soft-delete"] = "is deleted, and may yet be restored",
        ["deleted"] = "is deleted",
        ["error"] = "is in state error: look at it first (openstack server show), and set it right with openstack server set --state active",
    };

    private static readonly string[] Tasks =
    [
        "migrating", "resize_", "rebuild", "deleting", "soft-deleting", "restoring", "shelving", "unshelving", "rescuing", "unrescuing",
        "scheduling", "block_device_mapping", "networking", "spawning",
    ];

    private static readonly Dictionary<string, string> Devices = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["hw:cpu_policy"] = "pinned processors",
        ["hw:mem_page_size"] = "huge pages",
        ["hw:numa_nodes"] = "NUMA nodes",
        ["hw:emulator_threads_policy"] = "pinned emulator threads",
        ["hw:pmem"] = "persistent memory",
        ["hw:tpm_version"] = "a virtual TPM, whose state is on its host",
        ["hw:mem_encryption"] = "encrypted memory",
        ["pci_passthrough:alias"] = "PCI devices",
        ["resources:VGPU"] = "a virtual GPU",
        ["accel:device_profile"] = "accelerators",
        ["hw_tpm_version"] = "a virtual TPM, whose state is on its host",
        ["hw_mem_encryption"] = "encrypted memory",
    };

    /// <summary>Why it is not ours to move; empty when it is.</summary>
    public static string Why(CloudInstance instance)
    {
        var reasons = Reasons(instance).ToList();
        return reasons.Count == 0
            ? ""
            : $"{string.Join("; ", reasons)}: hand it over to Nova, once its services are up: openstack server evacuate {instance.Uuid}";
    }

    private static IEnumerable<string> Reasons(CloudInstance instance)
    {
        if (States.TryGetValue(instance.VmState, out var state))
        {
            yield return $"it {state}";
        }

        if (instance.TaskState is { } task && Tasks.Any(each => task.StartsWith(each, StringComparison.Ordinal)))
        {
            yield return $"Nova is in the middle of something with it ({task})";
        }

        var devices = instance.ExtraSpecs.Concat(instance.ImageProperties)
            .Where(spec => Devices.ContainsKey(spec.Key) && !IsOrdinary(spec))
            .Select(spec => Devices[spec.Key])
            .Concat(instance.HasPciRequests ? ["PCI devices"] : [])
            .Concat(instance.HasVpmems ? ["persistent memory"] : [])
            .Concat(instance.SpecialVnicTypes.Select(type => $"a port of type {type}"))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (devices.Count > 0)
        {
            yield return $"it has {string.Join(", ", devices)}";
        }
        else if (instance.HasNumaTopology)
        {
            yield return "it is bound to processors or memory of its host (it has a NUMA topology)";
        }

        foreach (var volume in instance.Volumes)
        {
            if (volume.Flaw is { } flaw)
            {
                yield return $"its volume {volume.Volume} at {volume.DeviceName} {flaw}";
            }
        }

        if (instance.Allocations.Select(each => each.ProviderId).Distinct().Count() > 1)
        {
            yield return "its allocations are of several providers";
        }

        if (instance.Allocations.Count == 0)
        {
            yield return "it has no allocations in Placement (nova-manage placement heal_allocations gives it some)";
        }
    }

    private static bool IsOrdinary(KeyValuePair<string, string> spec) => (spec.Key, spec.Value) is
        ("hw:cpu_policy", "shared") or ("hw:mem_page_size", "small" or "any") or ("hw:mem_encryption" or "hw_mem_encryption", "false" or "False");
}
