using System.Xml.Linq;

namespace Recovery.Executor.DomainXml.Document;

/// <summary>Reading and editing elements so that the text stays indented as it was.</summary>
internal static class Elements
{
    public static string? Get(this XElement? element, string attribute) => element?.Attribute(attribute)?.Value;

    /// <summary>The element's text; null when it is missing or blank.</summary>
    public static string? Text(this XElement? element) =>
        string.IsNullOrWhiteSpace(element?.Value) ? null : element.Value;

    /// <summary>The devices of this kind, in the order of the definition.</summary>
    public static IEnumerable<XElement> Devices(this XElement domain, string kind) => domain.Elements("devices").Elements(kind);

    /// <summary>Removes the element and the indentation before it.</summary>
    public static void RemoveIndented(this XElement element)
    {
        var parent = element.Parent;
        Indentation(element)?.Remove();
        element.Remove();
        if (parent is not null && parent.Nodes().All(node => node is XText text && string.IsNullOrWhiteSpace(text.Value)))
        {
            parent.RemoveNodes();
        }
    }

    public static XElement AddAfterIndented(this XElement sibling, XElement added)
    {
        sibling.AddAfterSelf(new XText(Indentation(sibling)?.Value ?? string.Empty), added);
        return added;
    }

    /// <summary>Adds the element as the first child.</summary>
    public static XElement AddFirstIndented(this XElement parent, XElement added)
    {
        var outer = Indentation(parent)?.Value ?? (parent.Parent is null ? "\n" : string.Empty);
        var inner = outer.Contains('\n', StringComparison.Ordinal) ? outer + "  " : string.Empty;
        var wasEmpty = !parent.Nodes().Any();
        parent.AddFirst(new XText(inner), added);
        if (wasEmpty)
        {
            parent.Add(new XText(outer));
        }

        return added;
    }

    private static XText? Indentation(XElement element) =>
        element.PreviousNode is XText text and not XCData && string.IsNullOrWhiteSpace(text.Value) ? text : null;
}
