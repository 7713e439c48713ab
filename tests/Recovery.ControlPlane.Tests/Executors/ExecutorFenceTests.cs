using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class ExecutorFenceTests : IDisposable
{
    private readonly ExecutorChannels channels = new(new RecoveryOptions());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => channels.Dispose();

    [Fact]
    public async Task Given_an_executor_that_obeys_then_its_word_comes_back_and_it_was_told_who_asks()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        FenceRequest? asked = null;
        executor.Does.Fence = (request, _) =>
        {
            asked = request;
            return Task.FromResult(new FenceReply { Begun = true, Confirmed = true, Ended = { "web", "db" }, Message = "both at once" });
        };
        var order = Order(executor.Address);

        var word = await Fence().AskAsync(order, Cancel);

        Assert.Equal((true, true, "both at once"), (word.Answered, word.Confirmed, word.Message));
        Assert.Equal(["web", "db"], word.Ended);
        Assert.True(word.MayHaveBegun);
        Assert.Equal((order.RecoveryId.ToString(), 7UL, false), (asked!.Recovery, asked.Epoch, asked.OnlyIfBegun));
    }

    [Fact]
    public async Task Given_a_question_then_the_executor_is_told_that_it_is_no_order_and_its_no_is_believed()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Fence = (request, _) => Task.FromResult(new FenceReply { Begun = !request.OnlyIfBegun, Message = "never told" });

        var word = await Fence().AskAsync(Order(executor.Address) with { OnlyIfBegun = true }, Cancel);

        Assert.Equal((true, false, false), (word.Answered, word.Confirmed, word.MayHaveBegun));
    }

    // Who says "nothing was touched" has to know it: whatever was sent and not answered may have been obeyed.
    [Fact]
    public async Task Given_an_executor_that_dies_in_the_middle_then_it_may_have_begun()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var begun = new TaskCompletionSource();
        executor.Does.Fence = async (_, gone) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, gone);
            return new FenceReply();
        };

        var asking = Fence().AskAsync(Order(executor.Address), Cancel);
        await begun.Task;
        await executor.DisposeAsync();
        var word = await asking;

        Assert.Equal((false, true), (word.Confirmed, word.MayHaveBegun));
    }

    [Fact]
    public async Task Given_a_question_that_does_not_arrive_then_everything_is_as_open_as_it_was()
    {
        var word = await Fence().AskAsync(Order("http://127.0.0.1:1") with { OnlyIfBegun = true }, Cancel);

        Assert.Equal((false, true), (word.Answered, word.MayHaveBegun));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, false)] // malformed, or withdrawn before it arrived
    [InlineData(StatusCode.Unavailable, false)] // its log can't be written
    [InlineData(StatusCode.Internal, true)]
    [InlineData(StatusCode.Unknown, true)]
    public async Task Given_a_refusal_then_it_may_have_begun_unless_the_refusal_says_that_it_did_not(StatusCode code, bool mayHaveBegun)
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Fence = (_, _) => throw new RpcException(new Status(code, "no"));

        var word = await Fence().AskAsync(Order(executor.Address), Cancel);

        Assert.Equal((false, mayHaveBegun), (word.Confirmed, word.MayHaveBegun));
    }

    [Fact]
    public async Task Given_an_executor_that_could_not_then_that_is_an_answer_and_no_confirmation()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Fence = (_, _) => Task.FromResult(new FenceReply { Message = "web does not die" });

        var word = await Fence().AskAsync(Order(executor.Address), Cancel);

        Assert.Equal((true, false, "web does not die"), (word.Answered, word.Confirmed, word.Message));
    }

    [Fact]
    public async Task Given_an_older_executor_then_it_is_said_to_be_too_old()
    {
        await using var executor = await LoopbackExecutor.StartAsync();

        var word = await Fence().AskAsync(Order(executor.Address), Cancel);

        Assert.Equal((false, false, "it is too old to be asked to end its guests"), (word.Answered, word.Confirmed, word.Message));
        Assert.False(word.MayHaveBegun);
    }

    [Fact]
    public async Task Given_an_executor_that_fails_inside_then_that_is_no_confirmation()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Fence = (_, _) => throw new RpcException(new Status(StatusCode.Internal, "libvirt is gone"));

        var word = await Fence().AskAsync(Order(executor.Address), Cancel);

        Assert.Equal((true, false, "Internal: libvirt is gone"), (word.Answered, word.Confirmed, word.Message));
    }

    [Fact]
    public async Task Given_an_executor_that_has_heard_of_a_newer_driver_then_this_one_gives_up()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Fence = (_, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "epoch 8 was here"));

        var stale = await Assert.ThrowsAsync<StaleEpochException>(() => Fence().AskAsync(Order(executor.Address), Cancel));

        Assert.Contains("epoch 8 was here", stale.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("no address")]
    public async Task Given_nobody_at_its_address_then_that_is_said(string address)
    {
        var word = await Fence().AskAsync(Order(address), Cancel);

        Assert.Equal((false, false), (word.Answered, word.Confirmed));
        Assert.Contains(address, word.Message, StringComparison.Ordinal);
        Assert.False(word.MayHaveBegun);
    }

    [Fact]
    public async Task Given_a_dead_host_that_sends_not_even_a_refusal_then_the_ladder_goes_on_within_two_seconds()
    {
        // A listener whose queue is full drops what comes after, as a dead host does.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)full.LocalEndPoint!, Cancel);
        var begin = Stopwatch.GetTimestamp();

        var word = await Fence().AskAsync(Order($"http://{full.LocalEndPoint}"), Cancel);

        Assert.Equal((false, false, false), (word.Answered, word.Confirmed, word.MayHaveBegun));
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Given_an_executor_that_accepts_and_is_frozen_then_the_ladder_goes_on_long_before_its_time_is_up()
    {
        using var frozen = new TcpListener(IPAddress.Loopback, 0);
        frozen.Start();
        var begin = Stopwatch.GetTimestamp();

        var word = await Fence().AskAsync(Order($"http://{frozen.LocalEndpoint}"), Cancel);

        Assert.Equal((false, false, true), (word.Answered, word.Confirmed, word.MayHaveBegun));
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    private ExecutorFence Fence() => new(channels, TimeProvider.System, NullLogger<ExecutorFence>.Instance);

    private static ExecutorFenceOrder Order(string address) => new("node1", address, Guid.CreateVersion7(), 7);
}
