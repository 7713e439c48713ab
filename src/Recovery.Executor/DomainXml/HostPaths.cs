using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml;

/// <summary>Every file beside the disks that a definition needs, found in one place for reading and for rewriting.</summary>
internal static class HostPaths
{
    public static IEnumerable<HostPath> In(XElement domain)
    {
        var os = domain.Element("os");
        var texts = new[]
        {
            FromText("loader", "firmware loader", os?.Element("loader")),
            FromText("kernel", "kernel", os?.Element("kernel")),
            FromText("initrd", "initrd", os?.Element("initrd")),
            FromText("dtb", "device tree", os?.Element("dtb")),
            FromText("shim", "shim", os?.Element("shim")),
            Nvram(os?.Element("nvram")),
        };
        var tables = (os?.Elements("acpi").Elements("table") ?? []).Select(table => FromText("acpi-table", "ACPI table", table));
        var entries = domain.Elements("sysinfo").Elements("entry")
            .Select(entry => FromAttribute("firmware-config", $"firmware configuration {Sentence.Quote(entry.Get("name"))}", entry, "file"));
        return texts.Concat(tables).Concat(entries).Concat(OfDevices(domain)).OfType<HostPath>();
    }

    private static HostPath? Nvram(XElement? nvram) => nvram?.Element("source") is { } source
        ? FromAttribute("nvram", "NVRAM", source, "file")
        : FromText("nvram", "NVRAM", nvram);

    private static IEnumerable<HostPath?> OfDevices(XElement domain) =>
        domain.Elements("devices").Elements().SelectMany(device => device.Name.LocalName switch
        {
            "filesystem" =>
            [
                FromAttribute("filesystem", Subjects.Filesystem(device), device.Element("source"), "dir"),
                FromAttribute("filesystem", Subjects.Filesystem(device), device.Element("source"), "file"),
            ],
            "tpm" => [FromAttribute("tpm-state", "TPM state", device.Element("backend")?.Element("source"), "path")],
            "lease" => [FromAttribute("lease", $"lease {Sentence.Quote(device.Element("key")?.Value)}", device.Element("target"), "path")],
            "pstore" => [FromText("pstore", "persistent store", device.Element("path"))],
            _ => new[] { FromAttribute("rom", $"ROM of {Subjects.Device(device)}", device.Element("rom"), "file") },
        });

    private static HostPath? FromText(string role, string subject, XElement? element) => element.Text() is { } path
        ? new HostPath(role, subject, path, value => element!.ReplaceNodes(new XText(value)))
        : null;

    private static HostPath? FromAttribute(string role, string subject, XElement? element, string attribute) =>
        element.Get(attribute) is { Length: > 0 } path
            ? new HostPath(role, subject, path, value => element!.SetAttributeValue(attribute, value))
            : null;
}
