using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/hosts</c></summary>
internal static class HostEndpoints
{
    private const string Name = "The host's name.";

    public static void MapHosts(this IEndpointRouteBuilder routes)
    {
        var hosts = routes.MapGroup("/v1/hosts").WithTags("Hosts");
        hosts.MapGet("/", ListAsync)
            .Is("List hosts", "All registered hosts in the order of their names, with what is known of their life now. With Accept: text/plain as a table, below what is alarming.")
            .Pages()
            .Answers<Page<HostResource>>(StatusCodes.Status200OK, "A page of hosts.", Acceptable.Json, Acceptable.Text);
        hosts.MapGet("/{name}", GetAsync)
            .Is("Look at a host", "What an operator said of it, what its executor reported last, and whether it is heard now.")
            .Path("name", Name)
            .Answers<HostResource>(StatusCodes.Status200OK, "The host.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.");
        hosts.MapPut("/{name}", PutAsync)
            .Is("Register a host, or replace what was said of it",
                "The name has to be the one that its executor reports. Fence agents are named, never brought along; secrets are named by the file that they are in on the control plane, and never stored or returned.")
            .Path("name", $"The host's name: {HostNames.Rule}.")
            .Header(OperatorHeader.Header, OperatorHeader.Description)
            .Takes<HostBody>(HostBody.Example.Trim(), """{"executor":"http://10.0.0.12:7071"}""")
            .Answers<HostResource>(StatusCodes.Status200OK, "It was registered before; this replaces what was said of it.")
            .Answers<HostResource>(StatusCodes.Status201Created, "It is registered; Location names it.")
            .Refuses(StatusCodes.Status400BadRequest, "The name or the body is wrong; every fault is named.")
            .Refuses(StatusCodes.Status409Conflict, "Another host has this name but for capitals, or this executor.")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "A fence agent or a secret's file is not there.");
        hosts.MapDelete("/{name}", DeleteAsync)
            .Is("Forget a host", "Only when nothing needs it any more. Its fence proofs are kept.")
            .Path("name", Name)
            .Header(OperatorHeader.Header, OperatorHeader.Description)
            .Answers(StatusCodes.Status204NoContent, "It is gone.")
            .Refuses(StatusCodes.Status400BadRequest, "The header is wrong.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.")
            .Refuses(StatusCodes.Status409Conflict, "Instances belong to it, or a live recovery involves it; they are named.");
        hosts.MapPut("/{name}/maintenance", PutMaintenanceAsync)
            .Is("Keep instances away from a host, or let them come again", "What runs on it stays there. Plans give it no instance while it is in maintenance.")
            .Path("name", Name)
            .Takes<MaintenanceBody>(MaintenanceBody.Example, """{"enabled":false}""")
            .Answers<HostResource>(StatusCodes.Status200OK, "The host as it is now.")
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong; every fault is named.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.");
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, HostRegistry registry, AlarmList alarms, LivenessBoard liveness, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var (limit, after) = (query.Limit(), query.NameAfter());
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        var now = time.GetUtcNow();
        var page = Pages.Of(
            await registry.ListAsync(after, limit, cancellationToken), limit, row => row.Name, row => HostResource.From(row, liveness, now));
        return request.WantsText()
            ? PlainText.Of(AlarmText.Above(await alarms.OpenAsync(cancellationToken), now, HostText.List(page, now)))
            : TypedResults.Ok(page);
    }

    private static async Task<IResult> GetAsync(
        string name, HostRegistry registry, LivenessBoard liveness, TimeProvider time, CancellationToken cancellationToken) =>
        Shown(name, await registry.FindAsync(name, cancellationToken), liveness, time);

    private static async Task<IResult> PutAsync(
        string name,
        HttpRequest request,
        HostRegistry registry,
        FenceRules rules,
        LivenessBoard liveness,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var faults = new List<Fault>();
        if (!HostNames.IsValid(name))
        {
            faults.Add(new(FaultCodes.InvalidParameter, $"{Requests.Shown.Text(name)} is no host name: {HostNames.Rule}.") { Parameter = "name" });
        }

        var by = OperatorHeader.Read(request, faults);
        var (document, unread) = await BodyReader.ReadAsync(request, HostBody.Example.Trim());
        if (unread is not null)
        {
            return Problems.From([.. faults, unread]);
        }

        using (document)
        {
            if (HostBody.Read(document!.RootElement, rules, faults) is not { } said)
            {
                return Problems.From(faults);
            }

            var (host, created, refused) = await registry.PutAsync(name, said, by, cancellationToken);
            if (host is null)
            {
                return Problems.From(refused);
            }

            var resource = HostResource.From(host, liveness, time.GetUtcNow());
            return created ? TypedResults.Created(Links.Host(name), resource) : TypedResults.Ok(resource);
        }
    }

    private static async Task<IResult> DeleteAsync(
        string name, HttpRequest request, HostRegistry registry, CancellationToken cancellationToken)
    {
        var unread = new List<Fault>();
        var by = OperatorHeader.Read(request, unread);
        var faults = unread.Count > 0 ? unread : await registry.DeleteAsync(name, by, cancellationToken);
        return faults.Count == 0 ? TypedResults.NoContent() : Problems.From(faults);
    }

    private static async Task<IResult> PutMaintenanceAsync(
        string name,
        HttpRequest request,
        HostRegistry registry,
        LivenessBoard liveness,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (document, unread) = await BodyReader.ReadAsync(request, MaintenanceBody.Example);
        if (unread is not null)
        {
            return Problems.From(unread);
        }

        using (document)
        {
            var faults = new List<Fault>();
            return MaintenanceBody.Read(document!.RootElement, faults) is { } body
                ? Shown(name, await registry.SetMaintenanceAsync(name, body.Enabled, new(body.Who!, body.Reason!), cancellationToken), liveness, time)
                : Problems.From(faults);
        }
    }

    private static IResult Shown(string name, HostRow? host, LivenessBoard liveness, TimeProvider time) => host is null
        ? Problems.From(HostFaults.NotFound(name))
        : TypedResults.Ok(HostResource.From(host, liveness, time.GetUtcNow()));
}
