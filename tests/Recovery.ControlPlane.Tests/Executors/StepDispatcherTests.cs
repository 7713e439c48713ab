using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class StepDispatcherTests : IDisposable
{
    private readonly ExecutorChannels channels = new(new RecoveryOptions());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => channels.Dispose();

    [Fact]
    public async Task Given_a_step_when_it_succeeds_then_progress_came_in_order_and_the_changes_are_told()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = async (_, answer, _) =>
        {
            await answer.WriteAsync(new StepEvent { Progress = new StepProgress { Message = "rewriting" } }, Cancel);
            await answer.WriteAsync(new StepEvent { Progress = new StepProgress { Message = "defining" } }, Cancel);
            await answer.WriteAsync(new StepEvent { Result = new StepResult { Succeeded = true, Message = "defined", Changes = { "vda moved" } } }, Cancel);
        };
        var step = Step(executor.Address);
        var progress = new List<string>();

        var reply = await Dispatcher().RunAsync(step, Keep(progress), Cancel);

        Assert.Equal((StepOutcome.Succeeded, "", "defined"), (reply.Outcome, reply.Code, reply.Message));
        Assert.Equal(["vda moved"], reply.Details);
        Assert.Equal(["rewriting", "defining"], progress);
        var sent = Assert.Single(executor.Does.Commands);
        Assert.Equal((step.StepId.ToString(), step.RecoveryId.ToString(), 7UL), (sent.StepId, sent.Recovery, sent.Epoch));
    }

    [Theory]
    [InlineData(ErrorCode.DiskMissing, false, StepOutcome.FailedForGood, "DISK_MISSING")]
    [InlineData(ErrorCode.LibvirtUnavailable, true, StepOutcome.FailedTransiently, "LIBVIRT_UNAVAILABLE")]
    [InlineData((ErrorCode)4711, true, StepOutcome.FailedTransiently, "4711")]
    public async Task Given_a_step_when_it_fails_then_the_executor_says_whether_trying_again_can_help(
        ErrorCode code, bool retryCanHelp, StepOutcome outcome, string name)
    {
        await using var executor = await Answering(new StepResult
        {
            Code = code,
            RetryCanHelp = retryCanHelp,
            Message = "why",
            Refusals = { "vdb is a local disk" },
        });

        var reply = await Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel);

        Assert.Equal((outcome, name, "why"), (reply.Outcome, reply.Code, reply.Message));
        Assert.Equal(["vdb is a local disk"], reply.Details);
    }

    [Fact]
    public async Task Given_a_newer_owner_when_the_executor_refuses_the_epoch_then_that_is_an_error_of_its_own()
    {
        await using var executor = await Answering(new StepResult { Code = ErrorCode.StaleEpoch, Message = "epoch 8 was seen" });

        var refused = await Assert.ThrowsAsync<StaleEpochException>(() => Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel));

        Assert.Contains("epoch 7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_step_whose_time_is_up_when_the_executor_says_so_then_its_outcome_is_unknown()
    {
        await using var executor = await Answering(new StepResult { Code = ErrorCode.DeadlineExceeded, RetryCanHelp = true });

        await Assert.ThrowsAsync<ExecutorUnreachableException>(() => Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel));
    }

    [Fact]
    public async Task Given_a_step_whose_time_was_up_when_the_executor_replays_that_from_its_log_then_it_is_the_last_word()
    {
        await using var executor = await Answering(new StepResult
        {
            Code = ErrorCode.DeadlineExceeded,
            RetryCanHelp = true,
            Replayed = true,
        });

        var reply = await Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel);

        Assert.Equal(StepOutcome.FailedTransiently, reply.Outcome);
    }

    [Fact]
    public async Task Given_an_executor_that_ends_the_call_without_a_result_then_the_outcome_is_unknown()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, answer, _) => answer.WriteAsync(new StepEvent { Progress = new StepProgress { Message = "starting" } }, Cancel);

        var unknown = await Assert.ThrowsAsync<ExecutorUnreachableException>(
            () => Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel));

        Assert.Contains("node2", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    public async Task Given_a_call_that_breaks_then_the_outcome_is_unknown(StatusCode status)
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, _, _) => throw new RpcException(new Status(status, "broken"));

        await Assert.ThrowsAsync<ExecutorUnreachableException>(() => Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel));
    }

    [Fact]
    public async Task Given_an_executor_that_dies_in_the_middle_when_it_is_back_then_the_same_step_id_gets_its_result()
    {
        var executor = await LoopbackExecutor.StartAsync();
        var died = executor.Does.Gone.Token;
        executor.Does.Run = async (_, answer, _) =>
        {
            await answer.WriteAsync(new StepEvent { Progress = new StepProgress { Message = "starting" } }, Cancel);
            await Task.Delay(Timeout.Infinite, died);
        };
        var step = Step(executor.Address);
        var dying = executor;
        await Assert.ThrowsAsync<ExecutorUnreachableException>(
            () => Dispatcher().RunAsync(step, _ => dying.DisposeAsync().AsTask(), Cancel));

        await using var back = await LoopbackExecutor.StartAsync(new Uri(step.ExecutorAddress).Port);
        var reply = await Dispatcher().RunAsync(step, Ignore, Cancel);

        Assert.Equal(StepOutcome.Succeeded, reply.Outcome);
        Assert.Equal(step.StepId.ToString(), Assert.Single(back.Does.Commands).StepId);
    }

    [Fact]
    public async Task Given_no_executor_at_the_address_then_the_outcome_is_unknown_within_seconds()
    {
        var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}";
        nobody.Stop();

        await Assert.ThrowsAsync<ExecutorUnreachableException>(() => Dispatcher().RunAsync(Step(address), Ignore, Cancel))
            .WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await Assert.ThrowsAsync<ExecutorUnreachableException>(() => Dispatcher().RunAsync(Step("node2:7071"), Ignore, Cancel));
    }

    [Fact]
    public async Task Given_a_host_that_froze_with_its_connection_open_when_a_step_waits_then_the_deadline_ends_the_waiting()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, _, call) => Task.Delay(Timeout.Infinite, call.CancellationToken);
        var step = Step(executor.Address) with { TimeLimit = TimeSpan.Zero };

        await Assert.ThrowsAsync<ExecutorUnreachableException>(() => Dispatcher().RunAsync(step, Ignore, Cancel))
            .WaitAsync(TimeSpan.FromSeconds(15), Cancel);
    }

    [Fact]
    public async Task Given_a_recovery_that_is_stopped_when_a_step_waits_then_it_is_a_cancellation_and_no_outcome()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, _, call) => Task.Delay(Timeout.Infinite, call.CancellationToken);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Dispatcher().RunAsync(Step(executor.Address), Ignore, stop.Token));
    }

    [Fact]
    public async Task Given_a_volume_without_credential_then_nothing_is_sent_and_the_step_has_failed_for_good()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var step = Step(executor.Address) with { Action = StepAction.ConnectVolumes };
        step = step with
        {
            Instance = step.Instance with
            {
                Disks = [new() { Target = "vdb", Iscsi = new("10.0.0.9", 3260, "iqn.2026-03.org.example:web", 1, "web") }],
            },
        };

        var reply = await Dispatcher().RunAsync(step, Ignore, Cancel);

        Assert.Equal((StepOutcome.FailedForGood, "SECRET_MISSING"), (reply.Outcome, reply.Code));
        Assert.Contains("iqn.2026-03.org.example:web", reply.Message, StringComparison.Ordinal);
        Assert.Empty(executor.Does.Commands);
    }

    [Fact]
    public async Task Given_a_definition_of_several_mebibytes_then_it_fits_into_a_message()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, answer, _) => answer.WriteAsync(
            new StepEvent { Result = new StepResult { Succeeded = true, Message = new string('x', 20_000_000) } }, Cancel);

        var reply = await Dispatcher().RunAsync(Step(executor.Address), Ignore, Cancel);

        Assert.Equal(20_000_000, reply.Message.Length);
    }

    private static Task Ignore(string progress) => Task.CompletedTask;

    private static Func<string, Task> Keep(List<string> progress) => message =>
    {
        progress.Add(message);
        return Task.CompletedTask;
    };

    private static async Task<LoopbackExecutor> Answering(StepResult result)
    {
        var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Run = (_, answer, _) => answer.WriteAsync(new StepEvent { Result = result });
        return executor;
    }

    private static StepDispatch Step(string address) => new()
    {
        StepId = Guid.NewGuid(),
        RecoveryId = Guid.NewGuid(),
        Epoch = 7,
        Host = "node2",
        ExecutorAddress = address,
        Action = StepAction.Define,
        TimeLimit = TimeSpan.FromMinutes(1),
        Instance = new Instance
        {
            Id = Guid.NewGuid(),
            Name = "web",
            Host = "node1",
            State = Core.Inventory.DomainState.Running,
            MemoryMib = 512,
            Vcpus = 1,
        },
        Definition = "<domain/>",
        SourceStorages = [],
    };

    private StepDispatcher Dispatcher() => new(
        channels,
        new StepCommandBuilder(new ChapCredentials(new RecoveryOptions())),
        TimeProvider.System,
        NullLogger<StepDispatcher>.Instance);
}
