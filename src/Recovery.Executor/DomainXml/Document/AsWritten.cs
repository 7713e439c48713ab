using System.Text;
using System.Xml.Linq;

namespace Recovery.Executor.DomainXml.Document;

/// <summary>
/// Ties every node to the characters it was read from. XML readers forget quotes, entities and line ends; writing
/// each unchanged node from its own characters loses nothing.
/// </summary>
internal static class AsWritten
{
    private sealed record WrittenText(string Raw);

    private sealed record WrittenTag(string Raw, string? End, IReadOnlyList<(XName Name, string Value)> Attributes, bool HadContent)
    {
        public string QualifiedName { get; } = Raw[1..Raw.IndexOfAny([' ', '\t', '\r', '\n', '/', '>'])];

        public char QuoteMark { get; } = Raw.IndexOfAny(['\'', '"']) is var at and >= 0 ? Raw[at] : '\'';

        public bool IsEmptyTag => End is null;
    }

    /// <summary>Gives back what stands before and after the root.</summary>
    public static (string Prolog, string Epilog) Annotate(XElement root, string text)
    {
        var tokens = new XmlTokens(text);
        while (tokens.Peek() is not XmlTokenKind.StartTag and not XmlTokenKind.EmptyTag)
        {
            tokens.Take();
        }

        var prolog = text[..tokens.Position];
        Annotate(root, tokens);
        return (prolog, text[tokens.Position..]);
    }

    private static void Annotate(XElement element, XmlTokens tokens)
    {
        var isEmptyTag = tokens.Peek() == XmlTokenKind.EmptyTag;
        var raw = tokens.Take();
        var hadContent = false;
        if (!isEmptyTag)
        {
            foreach (var node in element.Nodes().ToList())
            {
                hadContent = true;
                if (node is XElement child)
                {
                    Annotate(child, tokens);
                }
                else
                {
                    node.AddAnnotation(new WrittenText(tokens.Take()));
                }
            }
        }

        element.AddAnnotation(new WrittenTag(raw, isEmptyTag ? null : tokens.Take(), Snapshot(element), hadContent));
    }

    private static List<(XName, string)> Snapshot(XElement element) =>
        element.Attributes().Select(attribute => (attribute.Name, attribute.Value)).ToList();

    public static void Append(StringBuilder text, XElement element)
    {
        var written = element.Annotation<WrittenTag>();
        var tag = written is not null && written.Attributes.SequenceEqual(Snapshot(element)) ? written.Raw : Tag(element, written);
        var hasContent = element.Nodes().Any();
        if (!hasContent && (written is null || written.IsEmptyTag || written.HadContent))
        {
            text.Append(tag.EndsWith("/>", StringComparison.Ordinal) ? tag : tag[..^1] + "/>");
            return;
        }

        text.Append(tag.EndsWith("/>", StringComparison.Ordinal) ? tag[..^2].TrimEnd() + ">" : tag);
        foreach (var node in element.Nodes())
        {
            Append(text, node);
        }

        text.Append(written?.End ?? $"</{written?.QualifiedName ?? element.Name.LocalName}>");
    }

    private static void Append(StringBuilder text, XNode node)
    {
        if (node is XElement element)
        {
            Append(text, element);
        }
        else if (node.Annotation<WrittenText>() is { } written)
        {
            text.Append(written.Raw);
        }
        else if (node is XText added)
        {
            text.Append(Escape(added.Value, inAttribute: false));
        }
        else
        {
            throw new InvalidOperationException($"A rule added a {node.NodeType}; rules add elements and text only.");
        }
    }

    private static string Tag(XElement element, WrittenTag? written)
    {
        var mark = written?.QuoteMark ?? '\'';
        var tag = new StringBuilder("<").Append(written?.QualifiedName ?? element.Name.LocalName);
        foreach (var attribute in element.Attributes())
        {
            tag.Append(' ').Append(QualifiedName(element, attribute)).Append('=').Append(mark).Append(Escape(attribute.Value, inAttribute: true)).Append(mark);
        }

        return tag.Append('>').ToString();
    }

    private static string QualifiedName(XElement element, XAttribute attribute)
    {
        if (attribute.IsNamespaceDeclaration)
        {
            return attribute.Name.Namespace == XNamespace.None ? "xmlns" : "xmlns:" + attribute.Name.LocalName;
        }

        return attribute.Name.Namespace == XNamespace.None
            ? attribute.Name.LocalName
            : element.GetPrefixOfNamespace(attribute.Name.Namespace) + ":" + attribute.Name.LocalName;
    }

    // Escaped as libvirt does it; in an attribute, white space other than the blank would be lost when read again.
    private static string Escape(string value, bool inAttribute)
    {
        var text = new StringBuilder(value)
            .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("'", "&apos;").Replace("\"", "&quot;").Replace("\r", "&#13;");
        return (inAttribute ? text.Replace("\n", "&#10;").Replace("\t", "&#9;") : text).ToString();
    }
}
