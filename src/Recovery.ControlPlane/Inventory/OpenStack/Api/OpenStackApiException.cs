using System.Net;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>An OpenStack API that was not reached, or that refused. The message is a sentence for operators, without secrets.</summary>
public sealed class OpenStackApiException : Exception
{
    public OpenStackApiException()
    {
    }

    public OpenStackApiException(string message)
        : base(message)
    {
    }

    public OpenStackApiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public OpenStackApiException(string message, HttpStatusCode? status, bool retryCanHelp, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
        RetryCanHelp = retryCanHelp;
    }

    /// <summary>What it answered; null when nothing was answered.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The same, asked again a little later, may go well: it was away, slow, or broke inside.</summary>
    public bool RetryCanHelp { get; }

    /// <summary>There was no answer: what was asked for may have been done, or not.</summary>
    public bool Unanswered { get; init; }
}
