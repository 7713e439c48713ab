using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Reading;

/// <summary>The part of a cpu element that asks something of the host's processor.</summary>
internal static class CpuElement
{
    // How the guest's processors are arranged is the guest's own matter: every host can emulate that.
    private static readonly string[] Arrangement = ["topology", "numa"];

    /// <summary>One line of text, the same for guests that ask for the same processor; empty when none is asked for.</summary>
    public static string Text(XElement domain)
    {
        if (domain.Element("cpu") is not { } cpu || (cpu.Get("mode") is null && !cpu.Elements("model").Concat(cpu.Elements("feature")).Any()))
        {
            return "";
        }

        return Plain(new XElement("cpu", cpu.Attributes(), cpu.Elements().Where(part => !Arrangement.Contains(part.Name.LocalName))))
            .ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Such a text as an element again.</summary>
    /// <exception cref="DomainXmlException">It is none that can be read safely.</exception>
    public static XElement Parse(string text)
    {
        var domain = DomainDocument.Parse($"<domain><name>cpu</name><uuid>{Guid.Empty:D}</uuid>{text}</domain>").Domain;
        return domain.Element("cpu") ?? throw new DomainXmlException("It is no cpu element.");
    }

    private static XElement Plain(XElement element) => new(
        element.Name,
        element.Attributes().OrderBy(attribute => attribute.Name.LocalName, StringComparer.Ordinal),
        element.HasElements ? element.Elements().Select(Plain) : (element.Text()?.Trim() is { } text ? new XText(text) : null));
}
