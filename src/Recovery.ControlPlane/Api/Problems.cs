using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary>A problem document (RFC 9457) that names everything that is wrong.</summary>
/// <param name="Type">Where the kind of problem is explained, relative to this API.</param>
/// <param name="Title">The kind of problem in a sentence.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened and what can be done; of the gravest fault when there are several.</param>
/// <param name="Instance">The path that was asked.</param>
/// <param name="Errors">All faults.</param>
public sealed record ProblemDocument(
    string Type, string Title, int Status, string Detail, string Instance, IReadOnlyList<ProblemError> Errors);

/// <summary>One fault.</summary>
/// <param name="Code">Stable, for tools; also the last segment of its page below /problems.</param>
/// <param name="Message">For a human.</param>
/// <param name="Pointer">Where in the body (RFC 6901); missing when it is elsewhere.</param>
/// <param name="Parameter">Which part of the path, query or headers; missing when it is in the body.</param>
/// <param name="Href">The URL of what stands in the way.</param>
public sealed record ProblemError(
    string Code, string Message, string? Pointer = null, string? Parameter = null, string? Href = null);

/// <summary>Turns faults into the answer to a request.</summary>
/// <remarks>
/// The status is that of the fault that has to be mended first. 400: some of it is wrong for every cluster. 422: it is
/// right, but names or asks for what this installation does not have. 409: all of it is right, and only the moment is
/// wrong. 503: it can't be judged now. So a client that sees a 409 or a 503 may send the same bytes again later, and need not
/// for any other status.
/// </remarks>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>What a 503 of a request means that has to look at the cluster; for the documentation.</summary>
    public const string Unreachable = "Where the cluster is kept, the databases of a cloud, can't be read now; the detail names the database and what to do.";

    private const string RetryAfterSeconds = "2";

    public static IResult From(params IReadOnlyList<Fault> faults)
    {
        var gravest = faults.MaxBy(fault => fault.Code.Class)!;
        return new ProblemResult(
            Status(gravest.Code.Class),
            gravest.Code,
            faults.Count == 1 ? gravest.Message : $"{gravest.Message} There are {faults.Count} faults in all; see errors.",
            [.. faults.Select(fault => new ProblemError(
                fault.Code.Name,
                fault.Message,
                fault.Pointer,
                fault.Parameter,
                fault.Recovery is { } recovery ? Links.Recovery(recovery) : null))]);
    }

    public static int Status(FaultClass gravity) => gravity switch
    {
        FaultClass.NotYet => StatusCodes.Status503ServiceUnavailable,
        FaultClass.NotNow => StatusCodes.Status409Conflict,
        FaultClass.NotHere => StatusCodes.Status422UnprocessableEntity,
        FaultClass.NeverRight => StatusCodes.Status400BadRequest,
        FaultClass.NotFound => StatusCodes.Status404NotFound,
        FaultClass.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FaultClass.NotJson => StatusCodes.Status415UnsupportedMediaType,
        _ => throw new ArgumentOutOfRangeException(nameof(gravity)),
    };

    /// <summary>What nobody wrote an answer for: unknown URLs, wrong methods, and our own failures.</summary>
    public static void UseRecoveryProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = FailedAsync,

            // The answer says it all, and whoever keeps the inventory's health logs it once.
            SuppressDiagnosticsCallback = failed => failed.Exception is InventoryUnreachableException,
        });
        app.UseStatusCodePages(pages => WriteAsync(pages.HttpContext, Unanswered(pages.HttpContext)));
    }

    private static Task FailedAsync(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Error is InventoryUnreachableException unreachable
            ? From(new Fault(FaultCodes.InventoryUnreachable, unreachable.Message)).ExecuteAsync(context)
            : WriteAsync(context, new ProblemDocument(
                "/problems/internal",
                "This control plane failed",
                StatusCodes.Status500InternalServerError,
                "Something here went wrong that is not the request's fault; the log of the control plane says what. Recoveries that run are not affected. Send the request again; with an Idempotency-Key that is safe.",
                context.Request.Path,
                []));

    private static ProblemDocument Unanswered(HttpContext context)
    {
        var (method, path, status) = (context.Request.Method, context.Request.Path.Value ?? "", context.Response.StatusCode);
        var (code, title, detail) = status switch
        {
            StatusCodes.Status404NotFound => (FaultCodes.NoSuchResource.Name, FaultCodes.NoSuchResource.Title,
                $"There is nothing at {path}. /swagger shows everything that there is."),
            StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", "This URL does not take this method",
                $"{path} does not take {method}; it takes {context.Response.Headers.Allow}."),
            _ => ("refused", ReasonPhrases.GetReasonPhrase(status), $"{method} {path} was refused: {ReasonPhrases.GetReasonPhrase(status)}."),
        };
        return new($"/problems/{code}", title, status, detail, path, [new(code, detail)]);
    }

    private static Task WriteAsync(HttpContext context, ProblemDocument document)
    {
        context.Response.StatusCode = document.Status;
        return context.Response.WriteAsJsonAsync(document, ApiJson.Options, ContentType, context.RequestAborted);
    }

    private sealed class ProblemResult(int status, FaultCode code, string detail, IReadOnlyList<ProblemError> errors) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (code.Class == FaultClass.NotYet)
            {
                httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            }

            return WriteAsync(httpContext, new ProblemDocument(
                $"/problems/{code.Name}", code.Title, status, detail, httpContext.Request.Path, errors));
        }
    }
}
