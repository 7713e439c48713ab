namespace Recovery.Executor.DomainXml.Document;

internal enum XmlTokenKind { StartTag, EmptyTag, EndTag, Text, Other }

/// <summary>Cuts text that an XML reader already found well-formed and free of a DTD into its tokens.</summary>
internal sealed class XmlTokens(string text)
{
    public int Position { get; private set; }

    public XmlTokenKind Peek()
    {
        if (text[Position] != '<')
        {
            return XmlTokenKind.Text;
        }

        return text[Position + 1] switch
        {
            '/' => XmlTokenKind.EndTag,
            '!' or '?' => XmlTokenKind.Other,
            _ => text[End() - 2] == '/' ? XmlTokenKind.EmptyTag : XmlTokenKind.StartTag,
        };
    }

    public string Take()
    {
        var start = Position;
        Position = End();
        return text[start..Position];
    }

    private int End()
    {
        if (text[Position] != '<')
        {
            var next = text.IndexOf('<', Position);
            return next < 0 ? text.Length : next;
        }

        if (StartsWith("<!--"))
        {
            return After("-->", Position + 4);
        }

        if (StartsWith("<![CDATA["))
        {
            return After("]]>", Position);
        }

        return StartsWith("<?") ? After("?>", Position) : EndOfTag();
    }

    // A '>' may stand inside an attribute's value.
    private int EndOfTag()
    {
        var at = Position;
        while (text[at] != '>')
        {
            at = text[at] is '\'' or '"' ? text.IndexOf(text[at], at + 1) + 1 : at + 1;
        }

        return at + 1;
    }

    private bool StartsWith(string mark) => string.CompareOrdinal(text, Position, mark, 0, mark.Length) == 0;

    private int After(string mark, int from) => text.IndexOf(mark, from, StringComparison.Ordinal) + mark.Length;
}
