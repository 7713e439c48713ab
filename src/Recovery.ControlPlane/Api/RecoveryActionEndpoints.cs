using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/recoveries/{id}</c>: what can be asked of one.</summary>
internal static class RecoveryActionEndpoints
{
    private const string Id = "The recovery's UUID.";

    public static void MapRecoveryActions(this IEndpointRouteBuilder routes)
    {
        var recovery = routes.MapGroup("/v1/recoveries/{id}").WithTags("Recoveries");
        recovery.MapPost("/cancel", CancelAsync)
            .Is("Cancel a recovery",
                "Instances under way are finished, no other is begun, and what was recovered stays where it is. Asking twice is asking once. Takes no body.")
            .Path("id", Id)
            .Answers<RecoveryResource>(StatusCodes.Status202Accepted, "It will end; Location names it.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery.")
            .Refuses(StatusCodes.Status409Conflict, "It has ended already.");
        recovery.MapPost("/instances/{instance}/retry", RetryAsync)
            .Is("Try one instance of a recovery again",
                "For an instance that failed, found no place or was skipped, once its recovery has ended: it is planned anew and its host has to be proven off still. Takes no body.")
            .Path("id", Id)
            .Path("instance", "The instance's UUID.")
            .Answers<RecoveryResource>(StatusCodes.Status202Accepted, "It will be tried; Location names its recovery.", Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status404NotFound, "There is no such recovery, or the instance is not part of it.")
            .Refuses(StatusCodes.Status409Conflict, "It can't be retried as it stands, its recovery has not ended, its host is alive, or another live recovery involves it.")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "The instance belongs to another host by now.");
    }

    private static async Task<IResult> CancelAsync(
        string id,
        HttpRequest request,
        Cancellation cancellation,
        RecoveryList recoveries,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var uuid))
        {
            return Problems.From(RecoveryFaults.NotFound(id));
        }

        return await cancellation.CancelAsync(uuid, cancellationToken) is { } fault
            ? Problems.From(fault)
            : await RecoveryAnswers.AcceptedAsync(uuid, request, recoveries, time, cancellationToken);
    }

    private static async Task<IResult> RetryAsync(
        string id,
        string instance,
        HttpRequest request,
        Retry retry,
        RecoveryList recoveries,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var uuid))
        {
            return Problems.From(RecoveryFaults.NotFound(id));
        }

        if (!Guid.TryParseExact(instance, "D", out var instanceId))
        {
            return Problems.From(RecoveryFaults.NoSuchInstance(uuid, instance));
        }

        var faults = await retry.RetryAsync(uuid, instanceId, cancellationToken);
        return faults.Count > 0
            ? Problems.From(faults)
            : await RecoveryAnswers.AcceptedAsync(uuid, request, recoveries, time, cancellationToken);
    }
}
