using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Forecasts;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/forecast</c></summary>
internal static class ForecastEndpoints
{
    public static void MapForecast(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/forecast", Get)
            .WithTags("Forecast")
            .Is("See which failure could not be survived",
                "What the loss of each host, or of each failure domain, would mean: which instances would stay down and why, and how full the others would be. Computed in the background whenever the inventory changes; the last one is answered at once. With Accept: text/plain as a table, worst first.")
            .Query("level", $"What is lost at a time: {string.Join(" or ", StateNames.All<ForecastLevel>())}; host when left out.")
            .Answers<ForecastResource>(StatusCodes.Status200OK, "The last forecast; stale says whether a newer one is on its way.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "A parameter of the query is wrong or not known.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, "The control plane has just started and the first forecast is being computed, or where the cluster is kept can't be read; Retry-After says when to ask again.");

    private static IResult Get(HttpRequest request, ForecastBoard board)
    {
        var query = new Query(request);
        var level = query.Value<ForecastLevel>("level") ?? ForecastLevel.Host;
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        if (board.Of(level) is not { } known)
        {
            return Problems.From(board.Unreachable.Length > 0
                ? new Fault(FaultCodes.InventoryUnreachable, board.Unreachable)
                : new Fault(FaultCodes.ForecastNotReady,
                "This control plane has just started, and is still listening for hosts and computing its first forecast. Ask again in a few seconds."));
        }

        var forecast = ForecastResource.From(known);
        return request.WantsText() ? PlainText.Of(ForecastText.Of(forecast)) : TypedResults.Ok(forecast);
    }
}
