using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Reading;

/// <summary>The guest's NUMA nodes, where they are bound to cells of the host.</summary>
internal static class NumaReader
{
    /// <exception cref="DomainXmlException">A cell's memory can't be told.</exception>
    public static IReadOnlyList<GuestNode> Nodes(XElement domain, ulong memoryMiB, uint vcpus)
    {
        var bindings = domain.Elements("numatune").Elements()
            .Where(binding => binding.Get("nodeset") is { Length: > 0 } && binding.Get("mode") is not "preferred").ToList();
        if (bindings.Count == 0)
        {
            return [];
        }

        var cells = domain.Elements("cpu").Elements("numa").Elements("cell").ToList();
        if (cells.Count == 0)
        {
            return [new GuestNode(memoryMiB, vcpus)];
        }

        var whole = bindings.Exists(binding => binding.Name.LocalName == "memory");
        var bound = bindings.Where(binding => binding.Name.LocalName == "memnode").Select(binding => binding.Get("cellid")).ToHashSet();
        return
        [
            .. cells.Where((cell, index) => whole || bound.Contains(cell.Get("id") ?? index.ToString(CultureInfo.InvariantCulture)))
                .Select(cell => new GuestNode(MemorySize.ToMiB(Memory(cell)), Count(cell.Get("cpus")))),
        ];
    }

    // A cell's attributes say what elsewhere an element says.
    private static XElement? Memory(XElement cell) => cell.Get("memory") is { } size
        ? new XElement("memory", cell.Attribute("unit") is { } unit ? new XAttribute("unit", unit.Value) : null, size)
        : null;

    // "0-3,^2,8"
    private static uint Count(string? cpus)
    {
        var count = 0L;
        foreach (var part in (cpus ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var isExcluded = part[0] == '^';
            var ends = part.TrimStart('^').Split('-');
            if (ends.Length > 2 || !Number(ends[0], out var first) || !Number(ends[^1], out var last) || last < first)
            {
                throw new DomainXmlException($"The processors {Sentence.Quote(cpus)} of a NUMA cell can't be read.");
            }

            count += isExcluded ? -(last - first + 1L) : last - first + 1L;
        }

        return (uint)Math.Clamp(count, 0, uint.MaxValue);
    }

    private static bool Number(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
