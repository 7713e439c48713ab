using System.Net.Mime;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/instances</c></summary>
internal static class InstanceEndpoints
{
    private const string Id = "The instance's UUID.";

    public static void MapInstances(this IEndpointRouteBuilder routes)
    {
        var instances = routes.MapGroup("/v1/instances").WithTags("Instances");
        instances.MapGet("/", ListAsync)
            .Is("List instances", "All known instances in the order of their UUIDs, each at the host that it belongs to.")
            .Query("host", "Only those that belong to this host.")
            .Query("state", "Only those in these states, separated by commas: running, paused, shutOff, crashed.")
            .Pages()
            .Answers<Page<InstanceResource>>(StatusCodes.Status200OK, "A page of instances.");
        instances.MapGet("/{id}", GetAsync)
            .Is("Look at an instance", "As its host reported it last, with the age of that.")
            .Path("id", Id)
            .Answers<InstanceResource>(StatusCodes.Status200OK, "The instance.")
            .Refuses(StatusCodes.Status404NotFound, "No instance of this UUID is known.");
        instances.MapGet("/{id}/definition", GetDefinitionAsync)
            .Is("Read an instance's kept definition", "The domain XML as its host reported it last, without secrets. A recovery rewrites it for its target.")
            .Path("id", Id)
            .Answers<string>(StatusCodes.Status200OK, "The domain XML.", MediaTypeNames.Application.Xml)
            .Refuses(StatusCodes.Status404NotFound, "No instance of this UUID is known, or none of its definitions is kept.");
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, InstanceList instances, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var (host, states, limit, after) = (query.Text("host"), query.Values<DomainState>("state"), query.Limit(), query.IdAfter());
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        var now = time.GetUtcNow();
        return TypedResults.Ok(Pages.Of(
            await instances.ListAsync(host, states, after, limit, cancellationToken),
            limit,
            row => row.Instance.Id.ToString(),
            row => InstanceResource.From(row.Instance, row.Domain, now)));
    }

    private static async Task<IResult> GetAsync(
        string id, InstanceList instances, TimeProvider time, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var uuid) && await instances.FindAsync(uuid, cancellationToken) is { } found
            ? TypedResults.Ok(InstanceResource.From(found.Instance, found.Domain, time.GetUtcNow()))
            : Problems.From(NotFound(id));

    private static async Task<IResult> GetDefinitionAsync(
        string id, InstanceList instances, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var uuid) || await instances.FindAsync(uuid, cancellationToken) is not { } found)
        {
            return Problems.From(NotFound(id));
        }

        return found.Domain is { } domain
            ? TypedResults.Text(domain.Definition, MediaTypeNames.Application.Xml)
            : Problems.From(new Fault(FaultCodes.NoDefinition,
                $"Instance {uuid} belongs to {found.Instance.Host}, which has not reported its domain yet, so no definition of it is kept.")
            { Parameter = "id" });
    }

    private static Fault NotFound(string id) => new(FaultCodes.NoSuchInstance,
        $"No instance {Requests.Shown.Text(id)} is known. GET /v1/instances lists those that are; an id is a UUID.")
    { Parameter = "id" };
}
