using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

/// <summary>An executor that does what a test tells it, behind a real HTTP/2 server on the loopback address.</summary>
internal sealed class LoopbackExecutor : IAsyncDisposable
{
    private readonly WebApplication server;

    private LoopbackExecutor(WebApplication server, Script script)
    {
        this.server = server;
        Does = script;
    }

    public Script Does { get; }

    public string Address => server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<LoopbackExecutor> StartAsync(int port = 0, Action<HttpsConnectionAdapterOptions>? tls = null)
    {
        var script = new Script();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(script);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (tls is not null)
            {
                listen.UseHttps(tls);
            }
        }));
        var server = builder.Build();
        server.MapGrpcService<Service>();
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new LoopbackExecutor(server, script);
    }

    /// <summary>Its end, at once: open calls are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        Does.Gone.Cancel();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
    }

    /// <summary>What it answers.</summary>
    internal sealed class Script
    {
        public ConcurrentQueue<StepCommand> Commands { get; } = new();

        public CancellationTokenSource Gone { get; } = new();

        public Func<StepCommand, IServerStreamWriter<StepEvent>, ServerCallContext, Task> Run { get; set; } =
            (_, answer, _) => answer.WriteAsync(new StepEvent { Result = new StepResult { Succeeded = true } });

        public Func<IServerStreamWriter<WatchEvent>, CancellationToken, Task> Watch { get; set; } =
            (_, ended) => Task.Delay(Timeout.Infinite, ended);

        public ConcurrentQueue<SurveyRequest> Surveys { get; } = new();

        /// <summary>An executor of before there was a survey does not know the call.</summary>
        public Func<SurveyRequest, CancellationToken, Task<SurveyReply>> Survey { get; set; } = (_, _) => throw Unknown();

        public Func<PreviewRequest, CancellationToken, Task<PreviewReply>> Preview { get; set; } = (_, _) => throw Unknown();

        public Func<FenceRequest, CancellationToken, Task<FenceReply>> Fence { get; set; } = (_, _) => throw Unknown();

        public int Watchers;

        private static RpcException Unknown() => new(new Status(StatusCode.Unimplemented, ""));
    }

    internal sealed class Service(Script script) : Executor.ExecutorBase
    {
        public override Task Run(StepCommand request, IServerStreamWriter<StepEvent> responseStream, ServerCallContext context)
        {
            script.Commands.Enqueue(request);
            return script.Run(request, responseStream, context);
        }

        public override Task<SurveyReply> Survey(SurveyRequest request, ServerCallContext context)
        {
            script.Surveys.Enqueue(request);
            return script.Survey(request, context.CancellationToken);
        }

        public override Task<PreviewReply> Preview(PreviewRequest request, ServerCallContext context) =>
            script.Preview(request, context.CancellationToken);

        public override Task<FenceReply> Fence(FenceRequest request, ServerCallContext context) =>
            script.Fence(request, context.CancellationToken);

        public override async Task Watch(WatchRequest request, IServerStreamWriter<WatchEvent> responseStream, ServerCallContext context)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, script.Gone.Token);
            Interlocked.Increment(ref script.Watchers);
            try
            {
                await script.Watch(responseStream, ended.Token);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                context.Status = new Status(StatusCode.Unavailable, "gone");
            }
            finally
            {
                Interlocked.Decrement(ref script.Watchers);
            }
        }
    }
}
