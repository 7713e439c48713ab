using System.Xml;
using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>A definition that a host reported, with the volumes that Nova says.</summary>
/// <param name="Xml">As it was reported, where nothing had to change.</param>
/// <param name="Changes">In which volumes it is not as it was reported, a sentence each.</param>
/// <param name="Refusals">Why no host can be given a volume, a sentence each.</param>
internal sealed record MendedDefinition(string Xml, IReadOnlyList<string> Changes, IReadOnlyList<string> Refusals);

/// <summary>
/// Puts the volumes of a reported definition right: a device of a session of its host is nothing that another can be given,
/// and what was detached since, and is plugged in elsewhere by now, would be written by two.
/// </summary>
internal static class KeptVolumes
{
    /// <returns>Null when the definition can't be read.</returns>
    public static MendedDefinition? Mend(string definition, InstanceFacts facts, DefinitionPlace place)
    {
        if (Parse(definition) is not { } domain || domain.Element("devices") is not { } devices)
        {
            return null;
        }

        var draft = new Drafting(facts, place);
        var volumes = facts.BlockDevices.Where(device => device is { NoDevice: false, DestinationType: "volume" }).ToList();
        List<string> changes = [.. LeaveOut(devices, volumes, draft)];
        foreach (var volume in volumes)
        {
            if (PutIn(devices, volume, draft) is { } change)
            {
                changes.Add(change);
            }
        }

        return new MendedDefinition(changes.Count == 0 ? definition : domain.ToString(), changes, draft.Refusals);
    }

    // Nova writes the id of a volume as its serial, and none into its own disks.
    private static IEnumerable<string> LeaveOut(XElement devices, List<BlockDevice> volumes, Drafting draft)
    {
        foreach (var disk in devices.Elements("disk").ToList())
        {
            if (Serial(disk) is { } id && !volumes.Exists(volume => volume.VolumeId == id))
            {
                disk.Remove();
                yield return $"Volume {id} at {Name(disk)}, which {draft.Instance.Host} had, is left out: Nova does not have it any more.";
            }
        }
    }

    private static string? PutIn(XElement devices, BlockDevice volume, Drafting draft)
    {
        var name = DiskNames.Strip(volume.DeviceName ?? "");
        var there = devices.Elements("disk").FirstOrDefault(disk => Name(disk) == name);
        if (there is not null && Serial(there) is var id && (id is null || id == volume.VolumeId) && there.Attribute("type")?.Value != "block")
        {
            return null;
        }

        if ((there?.Element("target")?.Attribute("bus")?.Value ?? volume.DiskBus ?? DiskNames.BusOf(name)) is not { } bus)
        {
            draft.Refusals.Add($"Its volume {volume.VolumeId:D} is device '{name}', which tells no bus, and block_device_mapping names none.");
            return null;
        }

        if (VolumeElements.Of(draft, volume, volume.DeviceType ?? "disk", name, bus) is not { } disk)
        {
            return null;
        }

        if (there is null)
        {
            devices.Add(disk);
            return $"Volume {volume.VolumeId:D} at {name}, which {draft.Instance.Host} did not have, is as Nova has it.";
        }

        // Where the guest sees it, it goes on seeing it.
        disk.Add(there.Elements().Where(part => part.Name.LocalName is "address" or "boot"));
        there.ReplaceWith(disk);
        return $"Volume {volume.VolumeId:D} at {name} is as Nova has it, in place of what {draft.Instance.Host} saw there.";
    }

    private static string? Name(XElement disk) => disk.Element("target")?.Attribute("dev")?.Value;

    private static Guid? Serial(XElement disk) => Guid.TryParse(disk.Element("serial")?.Value, out var id) ? id : null;

    private static XElement? Parse(string definition)
    {
        try
        {
            return XElement.Parse(definition);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
