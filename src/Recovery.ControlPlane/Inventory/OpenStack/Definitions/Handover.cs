namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>What binds a guest to its host in ways that only Nova's own scheduling and claims can move.</summary>
internal static class Handover
{
    private static readonly (string ExtraSpec, string Image, string What)[] Features =
    [
        ("hw:cpu_policy", "hw_cpu_policy", "pinned processors"),
        ("hw:cpu_dedicated_mask", "", "pinned processors"),
        ("hw:cpu_realtime", "hw_cpu_realtime", "real-time processors"),
        ("hw:emulator_threads_policy", "", "pinned emulator threads"),
        ("hw:numa_nodes", "hw_numa_nodes", "NUMA nodes"),
        ("hw:mem_page_size", "hw_mem_page_size", "huge pages"),
        ("hw:mem_encryption", "hw_mem_encryption", "encrypted memory"),
        ("hw:pmem", "", "persistent memory"),
        ("hw:tpm_version", "hw_tpm_version", "a TPM, whose state is on its host"),
        ("hw:viommu_model", "hw_viommu_model", "a virtual IOMMU"),
        ("hw:locked_memory", "hw_locked_memory", "locked memory"),
        ("pci_passthrough:alias", "", "PCI devices"),
        ("accel:device_profile", "", "accelerators"),
    ];

    public static void Check(Drafting draft)
    {
        foreach (var what in Features.Where(feature => Asks(draft, feature.ExtraSpec, feature.Image)).Select(feature => feature.What).Distinct())
            Refuse(draft, what);
        if (draft.Flavor.ExtraSpecNames.Any(name => name.StartsWith("resources", StringComparison.Ordinal) && name.Contains("VGPU", StringComparison.Ordinal)))
            Refuse(draft, "virtual GPUs");
        if (draft.Image.Get("hw_firmware_type") == "uefi")
            draft.Refusals.Add("It boots by UEFI: which firmware it has is in no database, and its variables are a file on the source. Let Nova evacuate it, or keep a copy of its definition.");
        if (draft.Place.ImagesType is not ("qcow2" or "raw" or "flat"))
            draft.Refusals.Add($"Its local disks are of images_type '{draft.Place.ImagesType}', of which definitions are not made here.");
        if (draft.Place.VirtType is not ("qemu" or "kvm"))
            draft.Refusals.Add($"Its host's virt_type is '{draft.Place.VirtType}'; only qemu and kvm are recovered.");
        if (draft.Instance.VmState is "rescued" or "resized" or "shelved" or "shelved_offloaded" or "building" or "error")
            draft.Refusals.Add($"It is in vm_state '{draft.Instance.VmState}', in which its definition is another one than the rows tell.");
    }

    // "shared" and "small" are what everybody has.
    private static bool Asks(Drafting draft, string extraSpec, string image)
    {
        var value = draft.Flavor.ExtraSpec(extraSpec) ?? (image.Length > 0 ? draft.Image.Get(image) : null);
        return value is { Length: > 0 } && value is not ("shared" or "small" or "any" or "none") && !bool.FalseString.Equals(value, StringComparison.OrdinalIgnoreCase);
    }

    private static void Refuse(Drafting draft, string what) =>
        draft.Refusals.Add($"It has {what}: those need a new claim on the target, which only Nova makes. Let Nova evacuate it.");
}
