using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/healthz</c></summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new HealthResource("live", [])))
            .Is("Whether this process answers", "Nothing else is looked at: a restart would not mend a database.")
            .Answers<HealthResource>(StatusCodes.Status200OK, "It does.");
        health.MapGet("/ready", ReadyAsync)
            .Is("Whether this control plane can take requests", "Its database can be read.")
            .Answers<HealthResource>(StatusCodes.Status200OK, "It can.")
            .Answers<HealthResource>(StatusCodes.Status503ServiceUnavailable, "It can't; the checks say why.");
    }

    private static async Task<IResult> ReadyAsync(
        IDbContextFactory<RecoveryDbContext> databases, ILogger<HealthResource> log, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await database.Hosts.AnyAsync(cancellationToken);
            return TypedResults.Ok(new HealthResource("ready", [new("database", Healthy: true)]));
        }
        catch (System.Data.Common.DbException exception)
        {
            log.LogError(exception, "The database can't be read");
            return TypedResults.Json(
                new HealthResource("notReady", [new("database", Healthy: false,
                    $"It can't be read: {exception.Message} Check Recovery:Database:File, its folder's owner and the disk's free space.")]),
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
