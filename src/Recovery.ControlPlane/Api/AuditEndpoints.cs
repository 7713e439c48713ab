using System.Globalization;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/audit</c></summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", ListAsync)
            .WithTags("Audit")
            .Is("See who did what, when and why",
                "Newest first: whatever operators asked for, written together with what it changed, and kept for ever. With Accept: text/plain as a table.")
            .Query("recovery", "Only about this recovery: its UUID.")
            .Query("instance", "Only about this instance: its UUID.")
            .Query("host", "Only about this host: its name.")
            .Query("who", "Only by this one: the name as it was given.")
            .Query("action", "Only this action, such as pause, cancel or attest.")
            .Pages()
            .Answers<Page<AuditResource>>(StatusCodes.Status200OK, "A page of the audit log.", Acceptable.Json, Acceptable.Text);

    private static async Task<IResult> ListAsync(HttpRequest request, AuditList audit, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var filter = new AuditFilter(query.Id("recovery"), query.Id("instance"), query.Text("host"), query.Text("who"), query.Text("action"));
        var (limit, before) = (query.Limit(), query.NumberAfter());
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        var page = Pages.Of(
            await audit.ListAsync(filter, before, limit, cancellationToken),
            limit,
            row => row.Id.ToString(CultureInfo.InvariantCulture),
            AuditResource.From);
        return request.WantsText() ? PlainText.Of(AuditText.List(page)) : TypedResults.Ok(page);
    }
}
