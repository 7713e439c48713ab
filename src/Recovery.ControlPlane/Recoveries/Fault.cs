namespace Recovery.ControlPlane.Recoveries;

/// <summary>Why a request is refused, from what mends itself to what never will.</summary>
public enum FaultClass
{
    /// <summary>Right, and it will be answered in a moment, or when what it takes can be reached again.</summary>
    NotYet,

    /// <summary>Right, but not as things stand now: the same request may be accepted later.</summary>
    NotNow,

    /// <summary>Readable, but this installation can't do it: it names what is not there, or asks for what it can't do.</summary>
    NotHere,

    /// <summary>Wrong for every cluster at every time.</summary>
    NeverRight,

    /// <summary>What the URL names is not there.</summary>
    NotFound,

    /// <summary>The body is larger than any request needs to be.</summary>
    TooLarge,

    /// <summary>The body is not said to be JSON.</summary>
    NotJson,
}

/// <summary>A kind of fault, for tools to act on.</summary>
/// <param name="Name">Stable, lower case with dashes: <c>host-alive</c>.</param>
/// <param name="Class">What would have to change before the request is accepted.</param>
/// <param name="Title">The same sentence for every occurrence.</param>
public sealed record FaultCode(string Name, FaultClass Class, string Title);

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Code">What kind of thing.</param>
/// <param name="Message">For a human: what, where, and what can be done.</param>
public sealed record Fault(FaultCode Code, string Message)
{
    /// <summary>Where in the body: a JSON pointer (RFC 6901). Null when it is not in the body.</summary>
    public string? Pointer { get; init; }

    /// <summary>Which part of the path, the query or the headers, when it is not in the body.</summary>
    public string? Parameter { get; init; }

    /// <summary>The recovery that stands in the way.</summary>
    public Guid? Recovery { get; init; }
}

/// <summary>Something that a request names, and where in its body it does.</summary>
public sealed record Named<T>(T Value, string Pointer);
