using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// A LUN becomes, or stays, a disk of QEMU's own initiator: no session of the host's kernel is left behind when the
/// host dies. The guest sees the same target name, bus, serial and address as before.
/// </summary>
internal static class IscsiDisk
{
    public static void Apply(XElement disk, VolumeMapping mapping, Rewriting rewriting)
    {
        var subject = Subjects.Disk(disk);
        var source = disk.Element("source")!;
        if (source.Element("reservations") is not null)
        {
            rewriting.Refuse($"{subject}: it uses SCSI persistent reservations, which belong to the source's initiator. Release them, and take <reservations> out of the definition.");
            return;
        }

        if ((mapping.ChapUsername is null) != (mapping.SecretUsage is null))
        {
            rewriting.Refuse($"{subject}: its volume has a CHAP username without the usage of a libvirt secret, or the reverse. Give both, or neither.");
            return;
        }

        if (disk.Get("type") == "block")
        {
            MakeNetworkDisk(disk, source, subject, rewriting);
        }

        rewriting.Replace(source, "name", $"{mapping.TargetName}/{mapping.Lun}", subject, "iSCSI LUN");
        SetPortal(source, mapping, subject, rewriting);
        SetInitiator(source, mapping, subject, rewriting);
        SetAuthentication(disk, source, mapping, subject, rewriting);
    }

    private static void MakeNetworkDisk(XElement disk, XElement source, string subject, Rewriting rewriting)
    {
        rewriting.Change($"{subject}: the block device {Sentence.Quote(source.Get("dev"))} becomes an iSCSI disk of QEMU's own initiator.");
        disk.SetAttributeValue("type", "network");
        source.SetAttributeValue("dev", null);
        source.SetAttributeValue("protocol", "iscsi");
        if (source.Attribute("startupPolicy") is { } policy)
        {
            rewriting.Change($"{subject}: startupPolicy {Sentence.Quote(policy.Value)} is removed; a network disk has none.");
            policy.Remove();
        }

        if (disk.Element("driver")?.Attribute("io") is { } mode)
        {
            rewriting.Change($"{subject}: the driver's io mode {Sentence.Quote(mode.Value)} is removed; it is for files and block devices only.");
            mode.Remove();
        }
    }

    private static void SetPortal(XElement source, VolumeMapping mapping, string subject, Rewriting rewriting)
    {
        var hosts = source.Elements("host").ToList();
        var port = mapping.PortalPort.ToString(CultureInfo.InvariantCulture);
        if (hosts is [var host] && host.Get("name") == mapping.PortalHost && (host.Get("port") ?? "3260") == port && host.Get("transport") is null)
        {
            return;
        }

        var old = hosts.Select(each => $"{each.Get("name")}:{each.Get("port") ?? "3260"}").ToList();
        rewriting.Change(old.Count == 0
            ? $"{subject}: its portal is set to {Sentence.Quote($"{mapping.PortalHost}:{port}")}."
            : $"{subject}: its portal {Sentence.Quote(old)} becomes {Sentence.Quote($"{mapping.PortalHost}:{port}")}.");
        hosts.ForEach(each => each.RemoveIndented());
        source.AddFirstIndented(new XElement("host", new XAttribute("name", mapping.PortalHost), new XAttribute("port", port)));
    }

    private static void SetInitiator(XElement source, VolumeMapping mapping, string subject, Rewriting rewriting)
    {
        var initiator = source.Element("initiator");
        if (mapping.InitiatorName is not { } name || initiator?.Element("iqn").Get("name") == name)
        {
            return;
        }

        var old = initiator?.Element("iqn").Get("name");
        rewriting.Change(old is null
            ? $"{subject}: its initiator name is set to {Sentence.Quote(name)}."
            : $"{subject}: its initiator name {Sentence.Quote(old)} becomes {Sentence.Quote(name)}.");
        initiator?.RemoveIndented();
        source.Elements("host").Last().AddAfterIndented(new XElement("initiator"))
            .AddFirstIndented(new XElement("iqn", new XAttribute("name", name)));
    }

    private static void SetAuthentication(XElement disk, XElement source, VolumeMapping mapping, string subject, Rewriting rewriting)
    {
        var present = source.Element("auth") ?? disk.Element("auth");
        var old = Login(present);
        var wanted = mapping.ChapUsername is null ? null : $"{Sentence.Quote(mapping.ChapUsername)} with secret usage {Sentence.Quote(mapping.SecretUsage)}";
        if (old == wanted)
        {
            return;
        }

        rewriting.Change((old, wanted) switch
        {
            (_, null) => $"{subject}: its CHAP login {old} is removed; the volume has none.",
            (null, _) => $"{subject}: its CHAP login is set to {wanted}.",
            _ => $"{subject}: its CHAP login {old} becomes {wanted}.",
        });
        disk.Element("auth")?.RemoveIndented();
        source.Element("auth")?.RemoveIndented();
        if (wanted is not null)
        {
            source.Elements().Last(part => part.Name.LocalName is "host" or "initiator")
                .AddAfterIndented(new XElement("auth", new XAttribute("username", mapping.ChapUsername!)))
                .AddFirstIndented(new XElement("secret", new XAttribute("type", "iscsi"), new XAttribute("usage", mapping.SecretUsage!)));
        }
    }

    private static string? Login(XElement? auth)
    {
        var secret = auth?.Element("secret");
        return auth is null ? null
            : $"{Sentence.Quote(auth.Get("username"))} with secret {(secret.Get("uuid") is { } uuid ? "UUID " + Sentence.Quote(uuid) : "usage " + Sentence.Quote(secret.Get("usage")))}";
    }
}
