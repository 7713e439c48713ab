using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;
using Recovery.Executor.DomainXml.Reading;

namespace Recovery.Executor.DomainXml;

/// <summary>Reads from a definition what a recovery must know: how much it needs, and where its data is.</summary>
public static class DomainReader
{
    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely, or its size can't be told.</exception>
    public static DomainFacts Read(string domainXml)
    {
        var domain = DomainDocument.Parse(domainXml).Domain;
        var paths = HostPaths.In(domain).ToLookup(path => path.IsFirmware && path.Path.StartsWith("/usr/", StringComparison.Ordinal));
        return new DomainFacts(
            Guid.Parse(domain.Element("uuid")!.Value.Trim()).ToString("D"),
            domain.Element("name")!.Value,
            MemorySize.ToMiB(domain.Element("memory")),
            Vcpus(domain.Element("vcpu")),
            domain.Devices("disk").Select(DiskReader.Read).ToList(),
            Facts(paths[false]),
            Facts(paths[true]));
    }

    private static List<FileFacts> Facts(IEnumerable<HostPath> paths) => paths.Select(path => new FileFacts(path.Role, path.Path)).Distinct().ToList();

    // A definition without the element has one processor.
    private static uint Vcpus(XElement? vcpu) =>
        vcpu is null ? 1
        : uint.TryParse(vcpu.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw new DomainXmlException($"The number of virtual processors {Sentence.Quote(vcpu.Value)} is no positive number.");
}
