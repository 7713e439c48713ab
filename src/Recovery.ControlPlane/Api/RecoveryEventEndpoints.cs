using System.Globalization;
using Microsoft.OpenApi;
using Recovery.ControlPlane.Api.Events;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/recoveries/{id}/events</c></summary>
internal static class RecoveryEventEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapRecoveryEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/recoveries/{id}/events", GetAsync)
            .WithTags("Recoveries")
            .Is("Watch a recovery",
                "Its events from the first on and then as they happen, until it has ended; then an event of type end. Server-sent events; with Accept: application/x-ndjson one JSON object a line, with text/plain a log for humans. Use curl -N.")
            .Path("id", "The recovery's UUID.")
            .Query("after", "Only events after the one of this id.", JsonSchemaType.Integer)
            .Query("follow", "false: only what has happened so far.", JsonSchemaType.Boolean)
            .Header(LastEventId, "As browsers send it when they resume; ?after= wins.")
            .Answers<EventResource>(StatusCodes.Status200OK, "Events.", Acceptable.ServerSentEvents, Acceptable.Ndjson, Acceptable.Text)
            .Answers(StatusCodes.Status204NoContent, "Resumed by Last-Event-ID after the end: there is nothing more, and a browser stops asking.")
            .Refuses(StatusCodes.Status400BadRequest, "A parameter is wrong or not known.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery.");

    private static async Task<IResult> GetAsync(
        string id, HttpRequest request, RecoveryList recoveries, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var (after, follow) = (query.Number("after"), query.Boolean("follow"));
        query.End();
        var resumed = ReadLastEventId(request, query.Faults);
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        if (await recoveries.FindAsync(id, cancellationToken) is not { } row)
        {
            return Problems.From(RecoveryFaults.NotFound(id));
        }

        if (after is null && resumed is { } last && row.State.IsFinal()
            && (await recoveries.EventsAsync(row.Id, last, 1, cancellationToken)).Count == 0)
        {
            return TypedResults.NoContent();
        }

        return new EventStream(recoveries, row.Id, after ?? resumed ?? 0, follow ?? true, EventFormat.For(request), time);
    }

    private static long? ReadLastEventId(HttpRequest request, List<Fault> faults)
    {
        var text = request.Headers[LastEventId].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        faults.Add(new(FaultCodes.InvalidParameter, $"{LastEventId} is {Shown.Text(text)}; it has to be the id of an event, a whole number.")
        { Parameter = LastEventId });
        return null;
    }
}
