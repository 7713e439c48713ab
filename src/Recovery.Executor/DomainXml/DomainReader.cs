namespace Recovery.Executor.DomainXml;

public static class DomainReader
{
    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely.</exception>
    public static DomainFacts Read(string domainXml) => throw new DomainXmlException(domainXml);
}
