using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/plans</c></summary>
internal static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/plans", PostAsync)
            .WithTags("Plans")
            .Is("See what a recovery would do",
                "Takes the body of a recovery and changes nothing. Hosts that are alive can be planned for too: what would only stand against it now is among the warnings. With Accept: text/plain as a table.")
            .Takes<RecoveryBody>(RecoveryBody.Example, RecoveryBody.FullExample)
            .Answers<PlanResource>(StatusCodes.Status200OK, "The plan as things are now.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong for every cluster; every fault is named.")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "The body names hosts or instances that are not known here, or a kind that this release does not carry out.");

    private static async Task<IResult> PostAsync(
        HttpRequest request, AcceptancePreview preview, CancellationToken cancellationToken)
    {
        var (document, unread) = await BodyReader.ReadAsync(request, RecoveryBody.Example);
        if (unread is not null)
        {
            return Problems.From(unread);
        }

        using (document)
        {
            var asked = RecoveryBody.Read(document!.RootElement);
            return Shown(await preview.PreviewAsync(asked with { DryRun = false }, cancellationToken), request);
        }
    }

    internal static IResult Shown(PreviewOutcome outcome, HttpRequest request)
    {
        if (outcome is PreviewOutcome.Refused refused)
        {
            return Problems.From(refused.Faults);
        }

        var plan = PlanResource.From((PreviewOutcome.Planned)outcome);
        return request.WantsText() ? PlainText.Of(PlanText.Of(plan)) : TypedResults.Ok(plan);
    }
}

internal static class PlainText
{
    public static IResult Of(string text) => TypedResults.Text(text, "text/plain; charset=utf-8");
}
