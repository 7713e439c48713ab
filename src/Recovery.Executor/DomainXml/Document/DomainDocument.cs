using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Recovery.Executor.DomainXml.Document;

/// <summary>
/// A domain XML that was read safely and remembers how it was written: what no rule touches is given back byte for
/// byte, down to quotes, entities and white space.
/// </summary>
internal sealed class DomainDocument
{
    public const int MaximumBytes = 1024 * 1024;

    // libvirt allows image chains of 200 links, and writes them nested.
    public const int MaximumDepth = 256;

    private readonly string _prolog;
    private readonly string _epilog;

    private DomainDocument(XElement domain, string prolog, string epilog)
    {
        Domain = domain;
        _prolog = prolog;
        _epilog = epilog;
    }

    public XElement Domain { get; }

    /// <exception cref="DomainXmlException">Too large, too deep, malformed, with a DTD, or no domain.</exception>
    public static DomainDocument Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaximumBytes || Encoding.UTF8.GetByteCount(text) > MaximumBytes)
        {
            throw new DomainXmlException($"The domain XML is larger than {MaximumBytes} bytes; no definition that libvirt writes is.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new DomainXmlException("The domain XML is empty.");
        }

        var domain = Load(text);
        DomainShape.Check(domain);
        var (prolog, epilog) = AsWritten.Annotate(domain, text);
        return new DomainDocument(domain, prolog, epilog);
    }

    public override string ToString()
    {
        var text = new StringBuilder(_prolog);
        AsWritten.Append(text, Domain);
        return text.Append(_epilog).ToString();
    }

    private static XElement Load(string text)
    {
        // No DTD means no entities of its own and nothing to fetch; the missing resolver says so a second time.
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            CheckCharacters = true,
            MaxCharactersInDocument = MaximumBytes,
            MaxCharactersFromEntities = MaximumBytes,
        };
        try
        {
            using (var reader = XmlReader.Create(new StringReader(text), settings))
            {
                while (reader.Read())
                {
                    if (reader.Depth > MaximumDepth)
                    {
                        throw new DomainXmlException($"The domain XML nests deeper than {MaximumDepth} elements; no definition that libvirt writes does.");
                    }
                }
            }

            using var second = XmlReader.Create(new StringReader(text), settings);
            return XDocument.Load(second, LoadOptions.PreserveWhitespace).Root!;
        }
        catch (XmlException fault)
        {
            throw new DomainXmlException(
                text.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase)
                    ? "The domain XML has a document type declaration (DTD), which can carry entities from elsewhere and is never read."
                    : $"The domain XML is malformed: {fault.Message}",
                fault);
        }
    }
}
