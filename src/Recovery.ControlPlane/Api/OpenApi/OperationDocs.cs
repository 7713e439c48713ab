using Microsoft.OpenApi;
using Recovery.ControlPlane.Api.Requests;

namespace Recovery.ControlPlane.Api.OpenApi;

/// <summary>A possible answer of an operation.</summary>
internal sealed record AnswerDoc(int Status, string Description, Type? Body, params IReadOnlyList<string> ContentTypes);

/// <summary>The body that an operation takes, with examples that it accepts.</summary>
internal sealed record RequestDoc(Type Body, params IReadOnlyList<string> Examples);

/// <summary>A parameter of the path, the query or the headers.</summary>
internal sealed record ParameterDoc(string Name, ParameterLocation In, string Description, JsonSchemaType Type = JsonSchemaType.String);

/// <summary>
/// What an operation takes and answers, said where it is mapped. Bodies are read by hand and answers depend on Accept,
/// so nothing of it can be derived from a handler's signature.
/// </summary>
internal static class OperationDocs
{
    public static RouteHandlerBuilder Is(this RouteHandlerBuilder operation, string summary, string description) =>
        operation.WithSummary(summary).WithDescription(description);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder operation, params string[] examples) =>
        operation.WithMetadata(new RequestDoc(typeof(T), examples))
            .Refuses(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {BodyReader.MaximumBytes} bytes.")
            .Refuses(StatusCodes.Status415UnsupportedMediaType, "The body is not said to be JSON in UTF-8.");

    public static RouteHandlerBuilder Path(this RouteHandlerBuilder operation, string name, string description) =>
        operation.WithMetadata(new ParameterDoc(name, ParameterLocation.Path, description));

    public static RouteHandlerBuilder Query(
        this RouteHandlerBuilder operation, string name, string description, JsonSchemaType type = JsonSchemaType.String) =>
        operation.WithMetadata(new ParameterDoc(name, ParameterLocation.Query, description, type));

    public static RouteHandlerBuilder Header(this RouteHandlerBuilder operation, string name, string description) =>
        operation.WithMetadata(new ParameterDoc(name, ParameterLocation.Header, description));

    /// <summary>It is a list: it takes limit and cursor, and refuses others.</summary>
    public static RouteHandlerBuilder Pages(this RouteHandlerBuilder operation) => operation
        .Query("limit", $"Items at most, 1 to {Requests.Query.MaximumLimit}; {Requests.Query.DefaultLimit} when left out.", JsonSchemaType.Integer)
        .Query("cursor", "nextCursor of the page before; left out for the first page.")
        .Refuses(StatusCodes.Status400BadRequest, "A parameter of the query is wrong or not known.");

    public static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder operation, int status, string description, params string[] contentTypes) =>
        operation.WithMetadata(new AnswerDoc(status, description, typeof(T), contentTypes.Length == 0 ? [Acceptable.Json] : contentTypes));

    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder operation, int status, string description) =>
        operation.WithMetadata(new AnswerDoc(status, description, null));

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder operation, int status, string description) =>
        operation.WithMetadata(new AnswerDoc(status, description, typeof(ProblemDocument), Problems.ContentType));
}
