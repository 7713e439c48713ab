using System.Xml;
using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>
/// Whether a definition that a host reported has the volumes that Nova says, in a form that another host can be given. One
/// that was detached since, and is plugged in elsewhere by now, would be written by two.
/// </summary>
internal static class KeptVolumes
{
    public static bool Agree(string definition, InstanceFacts facts)
    {
        if (Disks(definition) is not { } disks)
        {
            return false;
        }

        var volumes = facts.BlockDevices.Where(device => device is { NoDevice: false, DestinationType: "volume" }).ToList();
        return volumes.TrueForAll(volume => disks.Exists(disk => IsOf(disk, volume)))
            && disks.TrueForAll(disk => !Guid.TryParse(disk.Element("serial")?.Value, out var id) || volumes.Exists(volume => volume.VolumeId == id));
    }

    // A device of the host is what a session that it had shows.
    private static bool IsOf(XElement disk, BlockDevice volume) =>
        volume.DeviceName is { Length: > 0 } name
        && disk.Element("target")?.Attribute("dev")?.Value == DiskNames.Strip(name)
        && disk.Attribute("type")?.Value != "block"
        && (!Guid.TryParse(disk.Element("serial")?.Value, out var id) || id == volume.VolumeId);

    private static List<XElement>? Disks(string definition)
    {
        try
        {
            return [.. XElement.Parse(definition).Element("devices")?.Elements("disk") ?? []];
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
