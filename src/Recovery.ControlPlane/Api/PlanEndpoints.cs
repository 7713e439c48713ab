using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Plans;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/plans</c></summary>
internal static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/v1/plans").WithTags("Plans");
        plans.MapPost("/", PostAsync)
            .Is("See what a recovery would do",
                "Takes the body of a recovery and changes nothing in the cluster. Targets are asked what they would rewrite in the definitions, for five seconds at most. Hosts that are alive can be planned for too: what would only stand against it now is among the warnings. The plan is kept for a day, and carried out with POST /v1/recoveries {\"plan\":\"ID\"}. In an OpenStack cloud each move has its route, why that one, and all that would be written in the cloud's databases. With Accept: text/plain as a table.")
            .Takes<RecoveryBody>(RecoveryBody.Example, RecoveryBody.FullExample)
            .Answers<PlanResource>(StatusCodes.Status200OK, "The plan as things are now.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong for every cluster; every fault is named.")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "The body names hosts or instances that are not known here, a kind that this release does not carry out, a route where there are none, or instances that wait for each other in a circle.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, Problems.Unreachable);
        plans.MapGet("/{id}", GetAsync)
            .Is("Look at a plan again", "As it was shown when it was made. With Accept: text/plain as a table.")
            .Path("id", "The plan's UUID.")
            .Answers<PlanResource>(StatusCodes.Status200OK, "The plan as things were then.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such plan, or it is forgotten by now.");
    }

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
            var asked = RecoveryBody.Read(document!.RootElement, byPlan: false);
            return Shown(await preview.PlanAsync(asked, cancellationToken), request, kept: true);
        }
    }

    private static async Task<IResult> GetAsync(
        string id, HttpRequest request, PlanArchive archive, CancellationToken cancellationToken)
    {
        var plan = Guid.TryParseExact(id, "D", out var uuid) ? await archive.FindAsync(uuid, cancellationToken) : null;
        return plan is null
            ? Problems.From(new Fault(FaultCodes.NoSuchPlan,
                $"There is no plan {Requests.Shown.Text(id)}: it was never made here, or it is forgotten by now. POST /v1/plans makes one.")
            { Parameter = "id" })
            : Shown(PlanResource.From(plan, kept: true), request);
    }

    /// <param name="outcome">Of the preview.</param>
    /// <param name="request">Says what the client reads.</param>
    /// <param name="kept">The plan can be asked for again.</param>
    internal static IResult Shown(PreviewOutcome outcome, HttpRequest request, bool kept) => outcome switch
    {
        PreviewOutcome.Refused refused => Problems.From(refused.Faults),
        PreviewOutcome.Planned planned => Shown(PlanResource.From(planned.Plan, kept), request),
        _ => throw new InvalidOperationException($"There is no outcome {outcome}."),
    };

    private static IResult Shown(PlanResource plan, HttpRequest request) =>
        request.WantsText() ? PlainText.Of(PlanText.Of(plan)) : TypedResults.Ok(plan);
}

internal static class PlainText
{
    public static IResult Of(string text) => TypedResults.Text(text, "text/plain; charset=utf-8");
}
