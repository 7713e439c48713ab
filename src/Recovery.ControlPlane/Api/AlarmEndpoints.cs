using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/alarms</c></summary>
internal static class AlarmEndpoints
{
    public static void MapAlarms(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/alarms").WithTags("Alarms").MapGet("/", ListAsync)
            .Is("List what somebody has to look at now",
                "One guest on two hosts, for whatever reason: the loudest first. Nothing is ended because of an alarm; each says what to do. It is over when only one copy is active, or the other host is proven off. With Accept: text/plain as lines.")
            .Answers<Page<AlarmResource>>(StatusCodes.Status200OK, "Open alarms; none is the rule.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "It takes no parameter.");

    private static async Task<IResult> ListAsync(
        HttpRequest request, AlarmList alarms, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        var open = await alarms.OpenAsync(cancellationToken);
        return request.WantsText()
            ? PlainText.Of(open.Count == 0 ? "No alarms.\n" : AlarmText.Of(open, time.GetUtcNow()))
            : TypedResults.Ok(new Page<AlarmResource>(open));
    }
}
