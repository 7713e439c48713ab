using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/healthz</c></summary>
internal static class HealthEndpoints
{
    // Shorter than the patience of those who probe, so that they get to hear the reason.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new HealthResource("live", [])))
            .Is("Whether this process answers", "Nothing else is looked at: a restart would not mend a database.")
            .Answers<HealthResource>(StatusCodes.Status200OK, "It does.");
        health.MapGet("/ready", ReadyAsync)
            .Is("Whether this control plane can take requests", "Its database can be read. A cloud that can't be read is named among the checks: what has to look at it is refused until it can, and all else works.")
            .Answers<HealthResource>(StatusCodes.Status200OK, "It can.")
            .Answers<HealthResource>(StatusCodes.Status503ServiceUnavailable, "It can't; the checks say why.");
    }

    private static async Task<IResult> ReadyAsync(
        RecoveryDatabase database, InventoryHealth inventory, TimeProvider time, ILogger<HealthResource> log, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            await context.Hosts.AnyAsync(ending.Token);
            return TypedResults.Ok(new HealthResource("ready", [new("database", Healthy: true), .. Of(inventory)]));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: it can't be read. A server that is gone comes wrapped in more than one kind of exception.
            log.LogError(exception, "The database can't be read");
            var why = exception is OperationCanceledException
                ? $"no answer within {Patience.TotalSeconds:0} s."
                : (exception.GetBaseException() as System.Data.Common.DbException ?? exception).Message;
            return TypedResults.Json(
                new HealthResource("notReady", [new("database", Healthy: false, $"It can't be read: {why} {database.Advice}")]),
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static HealthCheck[] Of(InventoryHealth inventory) => inventory.Fault switch
    {
        null => [],
        "" => [new("inventory", Healthy: true)],
        var fault => [new("inventory", Healthy: false, fault)],
    };
}
