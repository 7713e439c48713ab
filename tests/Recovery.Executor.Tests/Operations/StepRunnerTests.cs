using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

/// <summary>The rules that hold for every step, told with a start step that does what the test says.</summary>
public sealed class StepRunnerTests : IDisposable
{
    private const string Instance = "11111111-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly LibvirtSession nowhere = new("test:///default", TimeProvider.System, NullLogger<LibvirtSession>.Instance);
    private readonly ScriptedStart start = new();
    private OperationLog? log;

    public void Dispose()
    {
        log?.Dispose();
        nowhere.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_repeated_step_gets_its_recorded_result_and_is_not_carried_out_again()
    {
        var runner = Restart();
        Assert.True((await Result(runner, Command("s1"))) is { Succeeded: true, Replayed: false, Message: "done" });
        Assert.True((await Result(runner, Command("s1"))) is { Succeeded: true, Replayed: true, Message: "done" });
        Assert.True((await Result(Restart(), Command("s1"))).Replayed);
        Assert.Equal(1, start.Times);
    }

    [Fact]
    public async Task The_intent_is_on_disk_before_the_effect()
    {
        var runner = Restart();
        var seen = "";
        start.Script = (_, _) =>
        {
            using var stream = new FileStream(directory[OperationLogFile.Name], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            seen = reader.ReadToEnd();
            return Task.FromResult(new StepSuccess("done"));
        };
        await Result(runner, Command("s1"));
        Assert.Contains("\"kind\":\"intent\",\"step\":\"s1\"", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_between_intent_and_outcome_carries_the_step_out_again()
    {
        var runner = Restart();
        start.Script = async (_, _) =>
        {
            await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
            return new StepSuccess("never");
        };
        var abandoned = Events(runner, Command("s1"));
        await Tool.Until(() => start.Times == 1, "the step begins");
        Assert.False(abandoned.IsCompleted);

        start.Script = null;
        var result = await Result(Restart(), Command("s1"));
        Assert.True(result is { Succeeded: true, Replayed: false });
        Assert.Equal(2, start.Times);
    }

    [Fact]
    public async Task A_repeat_of_a_running_step_joins_it()
    {
        var runner = Restart();
        var go = new TaskCompletionSource();
        start.Script = async (context, _) =>
        {
            await go.Task;
            context.Report("half");
            return new StepSuccess("together");
        };
        var first = Result(runner, Command("s1"));
        await Tool.Until(() => start.Times == 1, "the step begins");
        var second = Events(runner, Command("s1"));
        go.SetResult();
        Assert.Equal("together", (await first).Message);
        var events = await second;
        Assert.True(events[^1].Result is { Message: "together", Replayed: false });
        Assert.Equal(1, start.Times);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_end_the_step()
    {
        var runner = Restart();
        var go = new TaskCompletionSource();
        start.Script = async (_, _) =>
        {
            await go.Task;
            return new StepSuccess("done alone");
        };
        using var leaving = new CancellationTokenSource();
        var watched = EventsUntil(runner, Command("s1"), leaving.Token);
        await Tool.Until(() => start.Times == 1, "the step begins");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watched);
        go.SetResult();
        Assert.Equal("done alone", (await Result(runner, Command("s1"))).Message);
        Assert.Equal(1, start.Times);
    }

    [Fact]
    public async Task A_step_that_can_not_be_interrupted_is_overdue_for_its_caller_and_its_later_outcome_is_the_truth()
    {
        var runner = Restart();
        var libvirtAnswers = new TaskCompletionSource();
        start.Script = async (_, _) =>
        {
            await libvirtAnswers.Task;
            return new StepSuccess("started after all");
        };
        var overdue = await Result(runner, Command("s1", seconds: 0.2));
        Assert.Equal((ErrorCode.DeadlineExceeded, true), (overdue.Code, overdue.RetryCanHelp));
        var rejoined = Result(runner, Command("s1"));
        libvirtAnswers.SetResult();
        Assert.True((await rejoined) is { Succeeded: true, Message: "started after all" });
        Assert.True((await Result(runner, Command("s1"))) is { Succeeded: true, Replayed: true });
        Assert.Equal(1, start.Times);
    }

    [Fact]
    public async Task A_step_that_obeys_its_deadline_ends_with_it()
    {
        start.Script = async (_, deadline) =>
        {
            await Task.Delay(Timeout.Infinite, deadline);
            return new StepSuccess("never");
        };
        Assert.Equal(ErrorCode.DeadlineExceeded, (await Result(Restart(), Command("s1", seconds: 0.1))).Code);
    }

    [Fact]
    public async Task A_command_whose_deadline_has_passed_is_not_begun()
    {
        Assert.Equal(ErrorCode.DeadlineExceeded, (await Result(Restart(), Command("s1", seconds: 0))).Code);
        Assert.Equal(0, start.Times);
    }

    [Fact]
    public async Task Another_command_under_a_used_step_id_is_refused()
    {
        var runner = Restart();
        await Result(runner, Command("s1"));
        var other = Command("s1");
        other.Start.Paused = true;
        Assert.Equal(ErrorCode.StepIdReused, (await Result(runner, other)).Code);
    }

    [Fact]
    public async Task An_older_epoch_is_refused_also_after_a_restart_and_only_within_its_recovery()
    {
        await Result(Restart(), Command("s1", epoch: 5));
        var runner = Restart();
        Assert.Equal(ErrorCode.StaleEpoch, (await Result(runner, Command("s2", epoch: 4))).Code);
        Assert.True((await Result(runner, Command("s3", epoch: 1, recovery: "other"))).Succeeded);
        Assert.Equal(2, start.Times);
    }

    [Fact]
    public async Task A_newer_driver_that_repeats_a_finished_step_shuts_out_the_older_one_for_good()
    {
        var runner = Restart();
        await Result(runner, Command("s1", epoch: 1));
        Assert.True((await Result(runner, Command("s1", epoch: 2))).Replayed);
        Assert.Equal(ErrorCode.StaleEpoch, (await Result(Restart(), Command("s2", epoch: 1))).Code);
    }

    [Fact]
    public async Task Steps_of_one_instance_take_turns_and_those_of_others_do_not_wait()
    {
        var runner = Restart();
        var go = new TaskCompletionSource();
        start.Script = async (context, _) =>
        {
            if (context.Instance == Instance) await go.Task;
            return new StepSuccess("done");
        };
        var first = Result(runner, Command("s1"));
        await Tool.Until(() => start.Times == 1, "the first step begins");
        var second = Result(runner, Command("s2"));
        Assert.True((await Result(runner, Command("s3", instance: "22222222-2222-4333-8444-555555555555"))).Succeeded);
        Assert.Equal(2, start.Times);
        go.SetResult();
        Assert.True((await first).Succeeded && (await second).Succeeded);
    }

    [Fact]
    public async Task A_malformed_command_is_told_every_fault_and_leaves_no_trace()
    {
        var result = await Result(Restart(), new StepCommand { Instance = "x", Recovery = "r" });
        Assert.Equal(ErrorCode.InvalidCommand, result.Code);
        foreach (var fault in new[] { "step_id", "epoch", "instance 'x'", "time_limit", "no action" })
            Assert.Contains(fault, result.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(directory[OperationLogFile.Name]).Length);
    }

    [Fact]
    public async Task An_unexpected_exception_is_a_result_too()
    {
        start.Script = (_, _) => throw new InvalidOperationException("surprise");
        Assert.Equal(ErrorCode.Internal, (await Result(Restart(), Command("s1"))).Code);
    }

    // kill -9 ends the process and its lock; here the old runner just goes unused.
    private StepRunner Restart()
    {
        log?.Dispose();
        log = OperationLog.Open(directory.Path, TimeProvider.System);
        return new StepRunner(log, nowhere, [start], TimeProvider.System, NullLogger<StepRunner>.Instance);
    }

    private static StepCommand Command(
        string step, ulong epoch = 1, string recovery = "r", double seconds = 20, string instance = Instance) => new()
        {
            StepId = step,
            Recovery = recovery,
            Epoch = epoch,
            Instance = instance,
            TimeLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
            Start = new StartDomain(),
        };

    private static async Task<StepResult> Result(StepRunner runner, StepCommand command) => (await Events(runner, command))[^1].Result;

    private static Task<List<StepEvent>> Events(StepRunner runner, StepCommand command) => EventsUntil(runner, command, CancellationToken.None);

    private static async Task<List<StepEvent>> EventsUntil(StepRunner runner, StepCommand command, CancellationToken watching)
    {
        var events = new List<StepEvent>();
        await foreach (var message in runner.Run(command, watching)) events.Add(message);
        return events;
    }

    private sealed class ScriptedStart : IStep
    {
        private int times;

        public int Times => Volatile.Read(ref times);

        public Func<StepContext, CancellationToken, Task<StepSuccess>>? Script { get; set; }

        public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Start;

        public Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
        {
            Interlocked.Increment(ref times);
            return Script?.Invoke(context, deadline) ?? Task.FromResult(new StepSuccess("done"));
        }
    }
}
