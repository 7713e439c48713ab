namespace Recovery.Executor.DomainXml;

public static class DomainRewriter
{
    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely.</exception>
    public static RewriteResult Rewrite(string domainXml, TargetProfile target) => throw new DomainXmlException(domainXml + target.Host);
}
