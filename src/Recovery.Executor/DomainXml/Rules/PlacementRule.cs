using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Pinned processors, NUMA nodes, huge pages and device weights were chosen on the source's topology. On another host
/// they need a new fit, which this release doesn't make: a guess could starve other guests there.
/// </summary>
internal static class PlacementRule
{
    private static readonly string[] Pins = ["vcpupin", "emulatorpin", "iothreadpin", "cachetune", "memorytune"];

    public static void Apply(Rewriting rewriting)
    {
        var domain = rewriting.Domain;
        if (domain.Element("vcpu")?.Attribute("cpuset") is { } set)
        {
            Refuse(rewriting, "vcpu", $"the processors are bound to the source's CPUs {Sentence.Quote(set.Value)}");
        }

        foreach (var pins in domain.Elements("cputune").Elements().Where(pin => Pins.Contains(pin.Name.LocalName)).GroupBy(pin => pin.Name.LocalName))
        {
            Refuse(rewriting, $"cputune {pins.Key}", $"it binds the guest to the source's CPUs {Sentence.Quote(pins.Select(Cpus))}");
        }

        var nodes = domain.Elements("numatune").Elements().Attributes("nodeset").Select(node => node.Value).Distinct().ToList();
        if (nodes.Count > 0)
        {
            Refuse(rewriting, "numatune", $"the memory is bound to the source's NUMA nodes {Sentence.Quote(nodes)}");
        }

        if (domain.Elements("memoryBacking").Elements("hugepages").Any())
        {
            Refuse(rewriting, "memoryBacking", "the memory is made of huge pages, which the source had set aside");
        }

        foreach (var device in domain.Elements("blkiotune").Elements("device"))
        {
            Refuse(rewriting, "blkiotune", $"it limits the source's block device {Sentence.Quote(device.Element("path")?.Value)}");
        }

        foreach (var source in domain.Devices("memory").Elements("source").Where(source => source.Element("nodemask") is not null || source.Element("pagesize") is not null))
        {
            Refuse(rewriting, "memory device", $"it is bound to NUMA nodes {Sentence.Quote(source.Element("nodemask")?.Value)} or page size {Sentence.Quote(source.Element("pagesize")?.Value)} of the source");
        }
    }

    private static string Cpus(XElement pin) => pin.Get("cpuset") ?? pin.Get("vcpus") ?? string.Empty;

    private static void Refuse(Rewriting rewriting, string subject, string reason) => rewriting.Refuse(
        $"{subject}: {reason}; {rewriting.Target.Host} needs a new fit, which this release doesn't make. Take the binding out of the definition, or start the guest by hand on a host with room for it.");
}
