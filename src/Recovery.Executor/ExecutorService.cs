using Grpc.Core;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Surveying;
using Recovery.Executor.Watching;
using Recovery.Protocol.V1;

namespace Recovery.Executor;

/// <summary>The protocol's calls: nothing but translation.</summary>
internal sealed class ExecutorService(
    WatchHub hub, StepRunner runner, Survey survey, DefinitionPreview preview, HostFence fence, IHostApplicationLifetime lifetime) : Protocol.V1.Executor.ExecutorBase
{
    public override async Task Watch(WatchRequest request, IServerStreamWriter<WatchEvent> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            while (true)
            {
                using var subscription = hub.Subscribe();
                await responseStream.WriteAsync(subscription.First, end.Token);
                await foreach (var message in subscription.Then.ReadAllAsync(end.Token)) await responseStream.WriteAsync(message, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested) throw new RpcException(new Status(StatusCode.Unavailable, "the executor is stopping"));
        }
    }

    public override async Task Run(StepCommand request, IServerStreamWriter<StepEvent> responseStream, ServerCallContext context)
    {
        try
        {
            await foreach (var message in runner.Run(request, context.CancellationToken)) await responseStream.WriteAsync(message, context.CancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The caller went away; the step goes on, and a repeat of its id joins it or gets its result.
            return;
        }
    }

    public override Task<SurveyReply> Survey(SurveyRequest request, ServerCallContext context) => survey.Answer(request, context.CancellationToken);

    public override async Task<FenceReply> Fence(FenceRequest request, ServerCallContext context)
    {
        try
        {
            // Once begun it goes on when the caller goes away.
            return await fence.EndEverything(request).WaitAsync(context.CancellationToken);
        }
        catch (StepFailure refused)
        {
            var status = refused.Code == ErrorCode.InvalidCommand ? StatusCode.InvalidArgument : StatusCode.FailedPrecondition;
            throw new RpcException(new Status(status, refused.Message));
        }
        catch (IOException unwritable)
        {
            throw new RpcException(new Status(StatusCode.Unavailable,
                $"The operation log of this host can't be written ({unwritable.Message}), so nothing was done; check the disk of the state directory."));
        }
    }

    public override async Task<PreviewReply> Preview(PreviewRequest request, ServerCallContext context)
    {
        try
        {
            return await preview.Show(request);
        }
        catch (StepFailure malformed)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, malformed.Message));
        }
        catch (Exception away) when (away is LibvirtUnavailableException or LibvirtException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, away.Message));
        }
    }
}
