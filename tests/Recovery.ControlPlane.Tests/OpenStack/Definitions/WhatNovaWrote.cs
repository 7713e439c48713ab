using System.Xml.Linq;
using System.Xml.XPath;

namespace Recovery.ControlPlane.Tests.OpenStack.Definitions;

/// <summary>A definition without what libvirt adds when it is defined, its elements and attributes in one order: two that are equal so are one.</summary>
internal static class WhatNovaWrote
{
    // Found in the kept definitions and in none that the driver hands over.
    private static readonly string[] AddedByLibvirt =
    [
        "devices/*[name()!='disk']/address", "devices/disk/address[@type='pci']", "devices/controller[@type='pci']", "devices/audio", "devices/console",
        "devices/serial/target", "devices/input[@bus='ps2']", "os/kernel/following-sibling::boot", "cpu/model[@fallback]",
        // When the driver wrote the definition, which is at each start.
        "metadata//*[local-name()='creationTime']",
    ];

    public static string Of(XElement domain)
    {
        var copy = new XElement(domain);
        foreach (var added in AddedByLibvirt.SelectMany(path => copy.XPathSelectElements(path)).ToList()) added.Remove();
        // cpu_mode none: libvirt names the processor that QEMU has then.
        copy.Element("cpu")?.Attributes().Where(attribute => attribute.Name != "match").Remove();
        copy.XPathSelectElement("cpu/topology")?.Attribute("dies")?.Remove();
        if (copy.XPathSelectElement("os/type")?.Attribute("machine") is { Value: "pc" } machine) machine.Value = "pc-i440fx-7.2";
        return Ordered(copy).ToString();
    }

    // The order of devices of one kind decides their addresses, so it counts; that of kinds does not.
    private static XElement Ordered(XElement element) => new(element.Name,
        element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).OrderBy(attribute => attribute.Name.ToString(), StringComparer.Ordinal),
        element.HasElements ? element.Elements().OrderBy(child => child.Name.ToString(), StringComparer.Ordinal).Select(Ordered) : element.Value);
}
