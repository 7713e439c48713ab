using System.Xml.Linq;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>All that the guest or its owner can see of a definition, as text that must be equal before and after.</summary>
internal static class GuestVisible
{
    private static readonly string[] Whole =
        ["uuid", "name", "genid", "title", "description", "metadata", "memory", "maxMemory", "vcpu", "cpu", "sysinfo", "features", "clock", "iothreads"];

    private static readonly string[] OfDevices =
        ["address", "mac", "serial", "wwn", "vendor", "product", "boot", "blockio", "geometry", "model", "readonly", "shareable", "iotune", "acpi"];

    public static IReadOnlyList<string> Of(string xml)
    {
        var domain = XElement.Parse(xml);
        domain.Descendants("alias").Where(alias => !alias.Attribute("name")!.Value.StartsWith("ua-", StringComparison.Ordinal)).Remove();
        var os = domain.Element("os")!;
        return
        [
            .. Whole.SelectMany(name => domain.Elements(name)).Select(Text),
            .. os.Elements().Where(part => part.Name.LocalName is "type" or "boot" or "bootmenu" or "smbios" or "cmdline").Select(Text),
            .. domain.Elements("devices").Elements().Select(device => $"{device.Name} {device.Attribute("device")} {device.Attribute("model")} {device.Attribute("index")}"),
            .. domain.Elements("devices").Elements().SelectMany(device => device.Elements().Where(part => OfDevices.Contains(part.Name.LocalName)).Select(part => $"{device.Name} {Text(part)}")),
            .. domain.Elements("devices").Elements("disk").Elements("target").Select(Text),
            .. domain.Elements("devices").Elements("controller").Select(Text),
            .. domain.Descendants("alias").Select(alias => $"{alias.Parent!.Name} {Text(alias)}"),
        ];
    }

    private static string Text(XElement element) => new XElement(element).ToString(SaveOptions.DisableFormatting).Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
