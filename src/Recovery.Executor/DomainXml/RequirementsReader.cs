using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;
using Recovery.Executor.DomainXml.Reading;

namespace Recovery.Executor.DomainXml;

/// <summary>Reads from a definition what it asks of its host beyond room, so that a target can be chosen before it is tried.</summary>
public static class RequirementsReader
{
    /// <param name="domainXml">The definition.</param>
    /// <param name="facts">What <see cref="DomainReader"/> read from the same text.</param>
    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely, or a size can't be told.</exception>
    public static DomainRequirements Read(string domainXml, DomainFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var domain = DomainDocument.Parse(domainXml).Domain;
        var type = domain.Element("os")?.Element("type");
        return new DomainRequirements(
            type.Get("arch") ?? "",
            domain.Get("type") ?? "",
            type.Get("machine") ?? "",
            Sources(domain, "bridge"),
            Sources(domain, "network"),
            Pages(domain),
            NumaReader.Nodes(domain, facts.MemoryMiB, facts.Vcpus),
            Devices(domain),
            CpuElement.Text(domain));
    }

    private static IReadOnlyList<string> Sources(XElement domain, string type) =>
    [
        .. domain.Devices("interface").Where(device => device.Get("type") == type)
            .Select(device => device.Element("source").Get(type)).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static HugePages? Pages(XElement domain)
    {
        if (domain.Element("memoryBacking")?.Element("hugepages") is not { } pages)
        {
            return null;
        }

        var sizes = pages.Elements("page").Select(page => MemorySize.ToKiB(new XElement("size", page.Attribute("unit"), page.Get("size") ?? ""))).ToList();
        return new HugePages(sizes.Count == 0 ? null : (uint)Math.Min(sizes.Max(), uint.MaxValue));
    }

    private static IReadOnlyList<GivenDevice> Devices(XElement domain)
    {
        var given = domain.Devices("hostdev").Select(device => (Kind: device.Get("type") ?? "", Device: device));

        // A network interface that is a PCI function of the host, most often a virtual one.
        var interfaces = domain.Devices("interface").Where(device => device.Get("type") == "hostdev")
            .Select(device => (Kind: device.Element("source")?.Element("address").Get("type") ?? "pci", Device: device));
        return [.. given.Concat(interfaces).Select(each => new GivenDevice(each.Kind, Subjects.Place(each.Kind, each.Device) ?? ""))];
    }
}
