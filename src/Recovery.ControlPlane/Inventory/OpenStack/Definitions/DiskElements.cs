using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>
/// The disks, in the driver's order: root, ephemeral ones, swap, config drive, volumes. Local ones are files in the
/// instance's directory.
/// </summary>
internal sealed class DiskElements(Drafting draft)
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly List<(int Index, string Type)> boots = [];
    private int scsiUnit;

    /// <summary><c>hd</c>, <c>cdrom</c>, in the order of boot indexes, each once. After <see cref="All"/>.</summary>
    public IEnumerable<string> BootDevices => boots
        .OrderBy(boot => boot.Index)
        .Select(boot => boot.Type switch { "cdrom" => "cdrom", "floppy" => "fd", _ => "hd" })
        .Distinct();

    private bool NumbersUnits => draft.Image.Get("hw_scsi_model") == "virtio-scsi";

    public IReadOnlyList<XElement> All()
    {
        var devices = draft.Facts.BlockDevices.Where(device => !device.NoDevice).ToList();
        var volumes = devices.Where(device => device.DestinationType == "volume").ToList();
        var root = devices.FirstOrDefault(device => device is { SourceType: "image", DestinationType: "local" });
        var bootVolume = volumes.Find(volume => volume.BootIndex == 0);
        scsiUnit = bootVolume is null ? 0 : 1;
        taken.UnionWith(devices.Where(device => device.DeviceName is { Length: > 0 }).Select(device => DiskNames.Strip(device.DeviceName!)));
        var disks = new List<XElement?>();
        if (root is not null || bootVolume is null) disks.Add(Root(root));
        disks.AddRange(Ephemeral(devices));
        disks.Add(Swap(devices));
        disks.Add(ConfigDrive());
        disks.AddRange(volumes.Select(Volume));
        return [.. disks.OfType<XElement>()];
    }

    private XElement? Root(BlockDevice? row)
    {
        var type = row?.DeviceType ?? (row is null && draft.Image.Get("disk_format") == "iso" ? "cdrom" : "disk");
        var name = row?.DeviceName is { Length: > 0 } given ? given : draft.Instance.RootDeviceName;
        boots.Add((row?.BootIndex ?? 0, type));
        return Local("disk", row, type, name);
    }

    private List<XElement?> Ephemeral(IReadOnlyList<BlockDevice> devices)
    {
        var rows = devices.Where(device => device is { SourceType: "blank", DestinationType: "local" } && device.GuestFormat != "swap").ToList();
        if (rows.Count == 0 && draft.Instance.EphemeralGib > 0) return [Local("disk.local", null, "disk", null)];
        return rows.Select((row, index) => Local($"disk.eph{index}", row, row.DeviceType ?? "disk", row.DeviceName)).ToList();
    }

    private XElement? Swap(IReadOnlyList<BlockDevice> devices)
    {
        var row = devices.FirstOrDefault(device => device is { SourceType: "blank", DestinationType: "local", GuestFormat: "swap" });
        return row is null && draft.Flavor.SwapMib == 0 ? null : Local("disk.swap", row, row?.DeviceType ?? "disk", row?.DeviceName);
    }

    // Nova asks for one where the instance has "True", and where the image insists on one.
    private XElement? ConfigDrive()
    {
        if (!ImageProperties.Truth(draft.Instance.ConfigDrive) && draft.Image.Get("img_config_drive") != "mandatory") return null;
        draft.Missing.Add(
            $"Its config drive {draft.Directory}/disk.config is in no database, and Nova does not make it again for an instance that it finds: the file has to be on the storage that the target sees, or be copied there.");
        var type = draft.Place.ConfigDriveFormat == "iso9660" ? "cdrom" : "disk";
        return Local("disk.config", null, type, null);
    }

    private XElement? Local(string file, BlockDevice? row, string type, string? device)
    {
        if (row?.Encrypted == true)
        {
            draft.Refusals.Add($"Its local disk {file} is encrypted, and the key is with the key manager: let Nova evacuate it.");
            return null;
        }

        var name = device is { Length: > 0 } ? DiskNames.Strip(device) : null;
        var bus = row?.DiskBus ?? DiskNames.DefaultBus(draft, type);
        if ((name ?? DiskNames.NextFree(bus, taken)) is not { } target)
        {
            draft.Refusals.Add($"Its disk {file} is on the bus '{bus}', whose device names are not known here.");
            return null;
        }

        taken.Add(target);
        var format = file == "disk.config" || draft.Place.ImagesType is "raw" or "flat" ? "raw" : "qcow2";
        return Element("disk",
            Attribute("type", "file"),
            Attribute("device", type),
            Element("driver", Attribute("name", "qemu"), Attribute("type", format), Attribute("cache", draft.Place.CacheMode)),
            Element("source", Attribute("file", $"{draft.Directory}/{file}")),
            Element("target", Attribute("dev", target), Attribute("bus", bus)),
            Limits(),
            type == "cdrom" ? Element("readonly") : null,
            bus == "scsi" && NumbersUnits ? Unit(scsiUnit++) : null);
    }

    private XElement? Limits()
    {
        var limits = VolumeElements.Limits
            .Select(name => (name, value: draft.Flavor.ExtraNumber("quota:disk_" + name)))
            .Where(limit => limit.value is not null)
            .Select(limit => new XElement(limit.name, limit.value));
        return limits.Any() ? Element("iotune", limits) : null;
    }

    private XElement? Volume(BlockDevice volume)
    {
        if (volume.DeviceName is not { Length: > 0 } device)
        {
            draft.Refusals.Add($"Its volume {volume.VolumeId:D} has no device name in block_device_mapping: it is not known which disk of the guest it is.");
            return null;
        }

        var name = DiskNames.Strip(device);
        if ((volume.DiskBus ?? DiskNames.BusOf(name)) is not { } bus)
        {
            draft.Refusals.Add($"Its volume {volume.VolumeId:D} is device '{device}', which tells no bus, and block_device_mapping names none.");
            return null;
        }

        var type = volume.DeviceType ?? "disk";
        if (volume.BootIndex is >= 0) boots.Add((volume.BootIndex.Value, type));
        var unit = NumbersUnits ? volume.BootIndex == 0 ? 0 : scsiUnit++ : (int?)null;
        var disk = VolumeElements.Of(draft, volume, type, name, bus);
        if (bus == "scsi" && unit is { } number) disk?.Add(Unit(number));
        return disk;
    }

    private static XElement Unit(int unit) =>
        Element("address", Attribute("type", "drive"), Attribute("controller", 0), Attribute("unit", unit));
}
