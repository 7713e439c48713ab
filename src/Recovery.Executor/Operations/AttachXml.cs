using System.Xml;
using System.Xml.Linq;
using Recovery.Executor.DomainXml;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>The disk element of a plugged-in volume, as the running source had it, made ready for this host.</summary>
internal static class AttachXml
{
    private const int LongestXml = 64 * 1024;

    /// <summary>The element with its source replaced by the volume as this host reaches it; the guest's view stays.</summary>
    /// <exception cref="DomainXmlException">It is no disk element of this volume.</exception>
    public static string For(Volume volume, string secretUsage)
    {
        var disk = Parse(volume.AttachXml);
        var target = disk.Element("target")?.Attribute("dev")?.Value;
        if (disk.Name != "disk" || target != volume.DiskTarget)
            throw new DomainXmlException($"it must be the <disk> element of {volume.DiskTarget}, and is <{disk.Name.LocalName}> of '{target}'");
        // What libvirt wrote about the run of the guest that ended. The guest's <address> stays: its view of the bus.
        disk.Elements().Where(element => element.Name.LocalName is "alias" or "backingStore" or "privateData" or "auth" or "mirror").Remove();
        disk.SetAttributeValue("type", "network");
        disk.Attribute("index")?.Remove();
        disk.Elements("source").Remove();
        disk.Elements("target").First().AddBeforeSelf(Source(volume.Iscsi, secretUsage));
        return disk.ToString(SaveOptions.DisableFormatting);
    }

    private static XElement Source(IscsiLun lun, string secretUsage) => new("source",
        new XAttribute("protocol", "iscsi"),
        new XAttribute("name", $"{lun.TargetName}/{lun.Lun}"),
        new XElement("host", new XAttribute("name", lun.PortalHost), new XAttribute("port", lun.PortalPort == 0 ? 3260 : lun.PortalPort)),
        lun.InitiatorName.Length == 0 ? null : new XElement("initiator", new XElement("iqn", new XAttribute("name", lun.InitiatorName))),
        lun.ChapUsername.Length == 0 ? null : new XElement("auth",
            new XAttribute("username", lun.ChapUsername),
            new XElement("secret", new XAttribute("type", "iscsi"), new XAttribute("usage", secretUsage))));

    private static XElement Parse(string xml)
    {
        try
        {
            var safe = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestXml };
            using var reader = XmlReader.Create(new StringReader(xml), safe);
            return XElement.Load(reader);
        }
        catch (XmlException malformed)
        {
            throw new DomainXmlException(malformed.Message, malformed);
        }
    }
}
