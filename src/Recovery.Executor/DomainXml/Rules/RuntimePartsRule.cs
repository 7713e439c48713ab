using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Takes away what libvirt added while the guest ran, so that a live XML becomes the inactive one that it came from.
/// The owner's own parts stay: aliases "ua-…", security labels that were asked for, fixed ports.
/// </summary>
internal static class RuntimePartsRule
{
    // libvirt itself forgets these names when it reads a definition.
    private static readonly string[] GeneratedDevices = ["vnet", "macvtap", "macvlan", "vif"];

    public static void Apply(Rewriting rewriting)
    {
        var domain = rewriting.Domain;
        if (domain.Attribute("id") is { } id)
        {
            rewriting.Change($"domain: the running guest's id {Sentence.Quote(id.Value)} is removed.");
            id.Remove();
        }

        DropAliases(rewriting);
        DropSecurityLabels(rewriting);
        DropPartition(rewriting);
        DropDiskParts(rewriting);
        DropInterfaceParts(rewriting);
        DropCharacterParts(rewriting);
        DropCurrentMemoryOfDevices(rewriting);
    }

    private static void DropAliases(Rewriting rewriting)
    {
        var aliases = rewriting.Domain.Elements("devices").Elements().Elements("alias")
            .Where(alias => alias.Get("name")?.StartsWith("ua-", StringComparison.Ordinal) == false)
            .ToList();
        if (aliases.Count > 0)
        {
            rewriting.Change($"devices: the running guest's aliases {Sentence.Quote(aliases.Select(alias => alias.Get("name")!).Distinct())} are removed.");
            aliases.ForEach(alias => alias.RemoveIndented());
        }
    }

    private static void DropSecurityLabels(Rewriting rewriting)
    {
        foreach (var security in rewriting.Domain.Elements("seclabel").Where(label => label.Get("type") == "dynamic").ToList())
        {
            var generated = security.Elements().Where(part => part.Name.LocalName is "label" or "imagelabel").ToList();
            if (generated.Count == 0)
            {
                continue;
            }

            rewriting.Change($"seclabel {security.Get("model")}: the running guest's label {Sentence.Quote(generated[0].Value)} is removed.");
            generated.ForEach(part => part.RemoveIndented());
            if (!security.HasElements)
            {
                security.RemoveIndented();
            }
        }
    }

    // libvirt shows its default only while the guest runs; another partition was asked for.
    private static void DropPartition(Rewriting rewriting)
    {
        foreach (var resource in rewriting.Domain.Elements("resource").Where(_ => rewriting.IsLive).ToList())
        {
            if (resource.Element("partition") is { Value: "/machine" } partition)
            {
                rewriting.Change("resource: the default partition '/machine', shown for a running guest, is removed.");
                partition.RemoveIndented();
                if (!resource.HasElements)
                {
                    resource.RemoveIndented();
                }
            }
        }
    }

    private static void DropDiskParts(Rewriting rewriting)
    {
        foreach (var disk in rewriting.Domain.Devices("disk"))
        {
            var subject = Subjects.Disk(disk);
            var indexed = disk.Descendants().Where(part => part.Name.LocalName is "source" or "backingStore" && part.Attribute("index") is not null).ToList();
            if (disk.Element("mirror") is { } mirror)
            {
                rewriting.Change($"{subject}: the block job {Sentence.Quote(mirror.Get("job"))} that was under way is removed; the guest goes on with the disk that it had before the job.");
                mirror.RemoveIndented();
            }

            // Of a running guest it is what libvirt found in the images; it looks there again. In a definition it was asked for.
            if ((rewriting.IsLive || indexed.Count > 0) && disk.Element("backingStore") is { } backing)
            {
                rewriting.Change($"{subject}: the image chain that the running guest had open is removed; libvirt finds it again from the images.");
                backing.RemoveIndented();
            }

            foreach (var part in indexed.Where(part => part.Ancestors().Contains(disk)))
            {
                rewriting.Change($"{subject}: the running guest's node index {Sentence.Quote(part.Get("index"))} is removed.");
                part.SetAttributeValue("index", null);
            }
        }
    }

    private static void DropInterfaceParts(Rewriting rewriting)
    {
        foreach (var device in rewriting.Domain.Devices("interface"))
        {
            var subject = Subjects.Interface(device);
            if (device.Element("target") is { } target && IsGeneratedDevice(target.Get("dev")))
            {
                rewriting.Change($"{subject}: the running guest's device {Sentence.Quote(target.Get("dev"))} is removed.");
                target.SetAttributeValue("dev", null);
                if (!target.HasAttributes && !target.HasElements)
                {
                    target.RemoveIndented();
                }
            }

            if (device.Element("source") is { } source && source.Attribute("network") is not null)
            {
                if (device.Get("type") is var actual and not "network")
                {
                    rewriting.Change($"{subject}: the running guest's type {Sentence.Quote(actual)} becomes 'network' again, of which it was made.");
                    device.SetAttributeValue("type", "network");
                }

                foreach (var attribute in source.Attributes().Where(part => part.Name.LocalName is "portid" or "bridge" or "dev" or "mode").ToList())
                {
                    rewriting.Change($"{subject}: the running guest's {attribute.Name.LocalName} {Sentence.Quote(attribute.Value)} of its network is removed.");
                    attribute.Remove();
                }
            }
        }
    }

    private static void DropCharacterParts(Rewriting rewriting)
    {
        foreach (var device in rewriting.Domain.Elements("devices").Elements().Where(device => device.Name.LocalName is "serial" or "parallel" or "console" or "channel"))
        {
            var subject = Subjects.Character(device);
            if (device.Get("type") == "pty")
            {
                var terminal = device.Element("source").Get("path") ?? device.Get("tty");
                if (terminal is not null)
                {
                    rewriting.Change($"{subject}: the running guest's terminal {Sentence.Quote(terminal)} is removed.");
                    device.SetAttributeValue("tty", null);
                    device.Element("source")?.SetAttributeValue("path", null);
                    if (device.Element("source") is { HasAttributes: false, HasElements: false } source)
                    {
                        source.RemoveIndented();
                    }
                }
            }

            if (device.Element("target")?.Attribute("state") is { } state)
            {
                rewriting.Change($"{subject}: the running guest's state {Sentence.Quote(state.Value)} is removed.");
                state.Remove();
            }
        }
    }

    private static void DropCurrentMemoryOfDevices(Rewriting rewriting)
    {
        foreach (var current in rewriting.Domain.Devices("memory").Elements("target").Elements("current").ToList())
        {
            rewriting.Change($"memory device: the running guest's current size {Sentence.Quote(current.Value)} is removed.");
            current.RemoveIndented();
        }
    }

    private static bool IsGeneratedDevice(string? name) =>
        GeneratedDevices.Any(prefix =>
            name?.StartsWith(prefix, StringComparison.Ordinal) == true
            && uint.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
