using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api;

/// <summary>Answers that several requests about recoveries have in common.</summary>
internal static class RecoveryAnswers
{
    /// <summary>202 with the recovery as it is now, and where it is.</summary>
    public static async Task<IResult> AcceptedAsync(
        Guid id, HttpRequest request, RecoveryList recoveries, TimeProvider time, CancellationToken cancellationToken)
    {
        var row = (await recoveries.FindAsync(id, cancellationToken))!;
        var instances = await recoveries.InstancesAsync(id, cancellationToken);
        request.HttpContext.Response.Headers.Location = Links.Recovery(id);
        return One(row, instances, request, time, StatusCodes.Status202Accepted);
    }

    public static IResult One(
        RecoveryRow row,
        IReadOnlyList<RecoveryInstanceRow> instances,
        HttpRequest request,
        TimeProvider time,
        int status = StatusCodes.Status200OK)
    {
        var resource = RecoveryResource.From(row, [.. instances.Select(instance => instance.State)], withPlan: true);
        return request.WantsText()
            ? TypedResults.Text(
                RecoveryText.One(resource, [.. instances.Select(RecoveryInstanceResource.From)], time.GetUtcNow()),
                "text/plain; charset=utf-8",
                statusCode: status)
            : TypedResults.Json(resource, statusCode: status);
    }

    /// <summary>Null as well when it is no UUID.</summary>
    public static async Task<RecoveryRow?> FindAsync(this RecoveryList recoveries, string id, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var uuid) ? await recoveries.FindAsync(uuid, cancellationToken) : null;
}
