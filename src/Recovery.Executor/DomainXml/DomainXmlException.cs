namespace Recovery.Executor.DomainXml;

/// <summary>The text is no definition that can be read safely; the message names the fault for an operator.</summary>
public sealed class DomainXmlException : Exception
{
    public DomainXmlException(string message) : base(message) { }

    public DomainXmlException(string message, Exception innerException) : base(message, innerException) { }

    public DomainXmlException() : this("The domain XML can't be read.") { }
}
