namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>Which bus a disk is on and what it is called there, as nova/virt/libvirt/blockinfo.py decides.</summary>
internal static class DiskNames
{
    public static string Strip(string device) => device.StartsWith("/dev/", StringComparison.Ordinal) ? device["/dev/".Length..] : device;

    public static string DefaultBus(Drafting draft, string deviceType) => deviceType switch
    {
        "cdrom" => draft.Image.Get("hw_cdrom_bus") ?? (!draft.IsX86 ? "scsi" : draft.MachineType?.Contains("q35", StringComparison.Ordinal) == true ? "sata" : "ide"),
        "floppy" => draft.Image.Get("hw_floppy_bus") ?? "fdc",
        _ => draft.Image.Get("hw_disk_bus") ?? "virtio",
    };

    /// <returns>Null: the name says nothing.</returns>
    public static string? BusOf(string name) => name.Length < 2 ? null : name[..2] switch
    {
        "vd" => "virtio",
        "sd" => "scsi",
        "hd" => "ide",
        "fd" => "fdc",
        _ => null,
    };

    /// <returns>Null: disks of this bus are not named here.</returns>
    public static string? NextFree(string bus, IReadOnlyCollection<string> taken)
    {
        var prefix = bus switch
        {
            "virtio" => "vd",
            "scsi" or "sata" or "usb" => "sd",
            "ide" => "hd",
            "fdc" => "fd",
            _ => null,
        };
        return prefix is null ? null : Enumerable.Range(0, 26).Select(index => prefix + (char)('a' + index)).FirstOrDefault(name => !taken.Contains(name));
    }
}
