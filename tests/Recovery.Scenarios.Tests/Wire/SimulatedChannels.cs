using Grpc.Core;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Wire;

/// <summary>The control plane's channels, with the simulated network where the wire would be.</summary>
internal sealed class SimulatedChannels(RecoveryOptions options, World world, Strand controlPlane) : ExecutorChannels(options)
{
    protected override ChannelBase Open(string address, TimeSpan connectTimeout) =>
        new SimulatedChannel(address, connectTimeout, world, controlPlane);

    private sealed class SimulatedChannel(string address, TimeSpan connectTimeout, World world, Strand controlPlane) : ChannelBase(address)
    {
        public override CallInvoker CreateCallInvoker() => new SimulatedInvoker(world, controlPlane, world.HostAt(Target), connectTimeout);
    }

    private sealed class SimulatedInvoker(World world, Strand controlPlane, SimulatedHost host, TimeSpan connectTimeout) : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException("Nobody blocks.");

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? target, CallOptions options, TRequest request)
        {
            var call = Call<TResponse>(options, request);
            return new AsyncUnaryCall<TResponse>(
                call.Only(), Task.FromResult(Metadata.Empty), () => Status.DefaultSuccess, () => Metadata.Empty, call.Dispose);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? target, CallOptions options, TRequest request)
        {
            var call = Call<TResponse>(options, request);
            return new AsyncServerStreamingCall<TResponse>(
                call, Task.FromResult(Metadata.Empty), () => Status.DefaultSuccess, () => Metadata.Empty, call.Dispose);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        private SimulatedCall<TResponse> Call<TResponse>(CallOptions options, object request)
            where TResponse : class
        {
            if (request is StepCommand sent)
            {
                world.Watcher.Dispatched(controlPlane, host, sent);
            }

            return new SimulatedCall<TResponse>(world, controlPlane, host, connectTimeout, options, request is FenceRequest, (executor, send, watching) => request switch
            {
                StepCommand command => executor.RunAsync(command, said => send((TResponse)(object)said), watching),
                WatchRequest => executor.WatchAsync(said => send((TResponse)(object)said), watching),
                PreviewRequest asked => Answer(send, executor.Preview(asked)),
                SurveyRequest asked => Answer(send, executor.Survey(asked)),
                FenceRequest asked => AnswerAsync(send, executor.FenceAsync(asked)),
                _ => throw Rpc.Failure(StatusCode.Unimplemented, request.GetType().Name),
            }).Begin();
        }

        private static Task Answer<TResponse>(Action<TResponse> send, object reply)
        {
            send((TResponse)reply);
            return Task.CompletedTask;
        }

        private static async Task AnswerAsync<TResponse, TReply>(Action<TResponse> send, Task<TReply> reply) =>
            send((TResponse)(object)(await reply)!);
    }
}
