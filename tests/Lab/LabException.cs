namespace Recovery.Labs;

/// <summary>Something of the lab did not work; the message says what, where, and what can be done.</summary>
public sealed class LabException : Exception
{
    public LabException(string message) : base(message) { }
    public LabException(string message, Exception innerException) : base(message, innerException) { }
    public LabException() { }
}
