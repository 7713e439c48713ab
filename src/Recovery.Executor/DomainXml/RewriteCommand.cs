namespace Recovery.Executor.DomainXml;

public static class RewriteCommand
{
    /// <summary>
    /// `recovery-executor rewrite --profile profile.json &lt; domain.xml`. 0: rewritten, 1: refused, 2: bad usage or input.
    /// </summary>
    /// <param name="arguments">What follows the word "rewrite".</param>
    public static int Run(IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter error) =>
        throw new DomainXmlException(string.Join(' ', arguments));
}
