using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/recoveries</c>: asking for them and reading them.</summary>
internal static class RecoveryEndpoints
{
    private const string Id = "The recovery's UUID.";

    public static void MapRecoveries(this IEndpointRouteBuilder routes)
    {
        var recoveries = routes.MapGroup("/v1/recoveries").WithTags("Recoveries");
        recoveries.MapPost("/", PostAsync)
            .Is("Recover the guests of dead hosts",
                "Everything that stands against it is named at once, or it is accepted and carried out. It is durable from the 202 on: neither a crash nor a closed connection loses it. With {\"plan\":\"ID\"} a plan that was made with POST /v1/plans is carried out as it was shown; what no longer fits is planned again, and is an event. In an OpenStack cloud \"options\":{\"route\":\"direct\"} or \"assisted\" takes that way only. With dryRun everything is checked, the plan is answered and nothing is changed.")
            .Header(IdempotencyKey.Header, "Your own name for this request, up to 200 printable characters. Sending the same body again under it is answered as the first time, and is safe after a lost answer.")
            .Takes<RecoveryBody>(RecoveryBody.Example, RecoveryBody.FullExample)
            .Answers<PlanResource>(StatusCodes.Status200OK, "dryRun: it would be accepted, and this is the plan as things are now.", Acceptable.Json, Acceptable.Text)
            .Answers<RecoveryResource>(StatusCodes.Status202Accepted, "It is accepted; Location names it.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong for every cluster; every fault is named.")
            .Refuses(StatusCodes.Status409Conflict, "The request is right and the moment is wrong: a host is still alive, nothing is known of its guests, or a live recovery already involves it. The same request may be accepted later.")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "The body names hosts or instances that are not known here, a kind that this release does not carry out, a route where there are none, a plan that is not kept or has expired, instances that wait for each other in a circle, or the idempotency key came with another body before.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, Problems.Unreachable);
        recoveries.MapGet("/", ListAsync)
            .Is("List recoveries", "Newest first. With Accept: text/plain as a table.")
            .Query("state", $"Only those in these states, separated by commas: {string.Join(", ", StateNames.All<RecoveryState>())}.")
            .Pages()
            .Answers<Page<RecoveryResource>>(StatusCodes.Status200OK, "A page of recoveries.", Acceptable.Json, Acceptable.Text);
        recoveries.MapGet("/{id}", GetAsync)
            .Is("Look at a recovery", "Where it is, what it waits for, and its plan. With Accept: text/plain with a table of its instances.")
            .Path("id", Id)
            .Answers<RecoveryResource>(StatusCodes.Status200OK, "The recovery.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery.");
        recoveries.MapGet("/{id}/instances", GetInstancesAsync)
            .Is("List the instances of a recovery", "In the plan's order, all of them; none before it is planned. With Accept: text/plain as a table.")
            .Path("id", Id)
            .Answers<Page<RecoveryInstanceResource>>(StatusCodes.Status200OK, "Its instances.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery.");
        recoveries.MapGet("/{id}/report", GetReportAsync)
            .Is("Read what a recovery did, and when", "A timeline for each instance and the steps behind it, from the journal; as far as it has come while it runs; in an OpenStack cloud also all that was written in its databases. With Accept: text/plain as a table of seconds.")
            .Path("id", Id)
            .Answers<ReportResource>(StatusCodes.Status200OK, "The report.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery.");
    }

    private static async Task<IResult> PostAsync(
        HttpRequest request,
        Acceptance acceptance,
        AcceptancePreview preview,
        RecoveryList recoveries,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (document, unread) = await BodyReader.ReadAsync(request, RecoveryBody.Example);
        if (unread is not null)
        {
            return Problems.From(unread);
        }

        using (document)
        {
            var asked = RecoveryBody.Read(document!.RootElement, byPlan: true);
            var faults = new List<Fault>(asked.Faults);
            var key = IdempotencyKey.Read(request, faults);
            asked = asked with { Faults = faults };
            if (asked.DryRun)
            {
                return PlanEndpoints.Shown(await preview.PreviewAsync(asked, cancellationToken), request, kept: false);
            }

            var outcome = await acceptance.AcceptAsync(asked, key, cancellationToken);
            return outcome switch
            {
                AcceptanceOutcome.Accepted accepted =>
                    await RecoveryAnswers.AcceptedAsync(accepted.Id, request, recoveries, time, cancellationToken),
                AcceptanceOutcome.Refused refused => Problems.From(refused.Faults),
                _ => throw new InvalidOperationException($"There is no outcome {outcome}."),
            };
        }
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, RecoveryList recoveries, AlarmList alarms, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var (states, limit, before) = (query.Values<RecoveryState>("state"), query.Limit(), query.IdAfter());
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        var page = await recoveries.ListAsync(states, before, limit, cancellationToken);
        var now = time.GetUtcNow();
        return request.WantsText()
            ? PlainText.Of(AlarmText.Above(await alarms.OpenAsync(cancellationToken), now, RecoveryText.List(page, now)))
            : TypedResults.Ok(page);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpRequest request, RecoveryList recoveries, TimeProvider time, CancellationToken cancellationToken) =>
        await recoveries.FindAsync(id, cancellationToken) is { } row
            ? RecoveryAnswers.One(row, await recoveries.InstancesAsync(row.Id, cancellationToken), request, time)
            : Problems.From(RecoveryFaults.NotFound(id));

    private static async Task<IResult> GetInstancesAsync(
        string id, HttpRequest request, RecoveryList recoveries, CancellationToken cancellationToken)
    {
        if (await recoveries.FindAsync(id, cancellationToken) is not { } row)
        {
            return Problems.From(RecoveryFaults.NotFound(id));
        }

        var rows = await recoveries.InstancesAsync(row.Id, cancellationToken);
        List<RecoveryInstanceResource> instances = rows.ConvertAll(RecoveryInstanceResource.From);
        return request.WantsText()
            ? PlainText.Of(RecoveryText.Instances(instances))
            : TypedResults.Ok(new Page<RecoveryInstanceResource>(instances));
    }

    private static async Task<IResult> GetReportAsync(
        string id, HttpRequest request, RecoveryList recoveries, CancellationToken cancellationToken)
    {
        if (await recoveries.FindAsync(id, cancellationToken) is not { } row)
        {
            return Problems.From(RecoveryFaults.NotFound(id));
        }

        var report = ReportResource.From(
            row, await recoveries.InstancesAsync(row.Id, cancellationToken), await recoveries.JournalAsync(row.Id, cancellationToken));
        return request.WantsText() ? PlainText.Of(RecoveryText.Report(report)) : TypedResults.Ok(report);
    }
}
