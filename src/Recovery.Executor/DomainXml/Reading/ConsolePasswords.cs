using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Reading;

/// <summary>
/// Passwords of consoles are secrets and stay on their host. A definition without them would open on its next host a
/// console that was locked; so an empty password stands in, with which libvirt lets nobody in until one is set.
/// </summary>
internal static class ConsolePasswords
{
    /// <param name="withPasswords">A domain XML as virDomainGetXMLDesc gives it with VIR_DOMAIN_XML_SECURE.</param>
    /// <returns>The same text with every console password empty.</returns>
    /// <exception cref="DomainXmlException">It can't be read.</exception>
    public static string Empty(string withPasswords)
    {
        var document = DomainDocument.Parse(withPasswords);
        foreach (var graphics in document.Domain.Devices("graphics").Where(graphics => graphics.Attribute("passwd") is not null))
        {
            graphics.SetAttributeValue("passwd", "");
            graphics.SetAttributeValue("passwdValidTo", null);
        }

        return document.ToString();
    }

    /// <summary>The consoles that nobody can open until a password is set: "graphics vnc".</summary>
    public static IReadOnlyList<string> Locked(string domainXml) =>
        [.. DomainDocument.Parse(domainXml).Domain.Devices("graphics").Where(graphics => graphics.Attribute("passwd")?.Value == "").Select(Subjects.Graphics)];
}
