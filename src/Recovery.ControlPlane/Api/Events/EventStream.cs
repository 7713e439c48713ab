using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Recovery.ControlPlane.Api.Responses;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Events;

/// <summary>
/// Sends the events of a recovery as they happen, each at once, until it has ended. What a reader has seen it says by
/// the id of the last event, so a broken connection loses and doubles nothing.
/// </summary>
internal sealed class EventStream(RecoveryList recoveries, Guid recovery, long after, bool follow, EventFormat format, TimeProvider time)
    : IResult
{
    private const int Batch = 200;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // A stream would hold up the end of the process otherwise; its reader resumes at another replica.
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = format.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await response.StartAsync(ended.Token);
            await SendAsync(response, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader has gone, or the process ends: both are how a stream without an end is left.
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var lastSent = time.GetTimestamp();
        while (true)
        {
            // The state first: whatever is written together with an end is among the events that are read after it.
            var row = await recoveries.FindAsync(recovery, cancellationToken);
            var events = await recoveries.EventsAsync(recovery, after, Batch, cancellationToken);
            foreach (var happened in events)
            {
                await WriteAsync(response, format.Event(EventResource.From(happened)), cancellationToken);
                after = happened.Id;
                lastSent = time.GetTimestamp();
            }

            if (events.Count == Batch)
            {
                continue;
            }

            var final = row is null || row.State.IsFinal();
            if (final || !follow)
            {
                await WriteAsync(
                    response,
                    format.End(new EventsEnd("end", row?.State ?? RecoveryState.Cancelled, row?.Reason ?? "", final, after)),
                    cancellationToken);
                return;
            }

            if (time.GetElapsedTime(lastSent) >= HeartbeatEvery && format.Heartbeat.Length > 0)
            {
                await WriteAsync(response, format.Heartbeat, cancellationToken);
                lastSent = time.GetTimestamp();
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
