using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>An operator steps in while it runs: pause, cancel by choice, skip, other limits; and guests that get ready.</summary>
public class OperatorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_recovery_finishes_the_step_that_runs_and_begins_nothing_until_it_continues()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var hold = new TaskCompletionSource();
        bench.Before = step => step.Action == StepAction.Define ? hold.Task : Task.CompletedTask;
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.SentAsync(StepAction.Define);

        await ChangeAsync(bench, row => row.Paused = true);
        hold.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);
        var paused = (await bench.JournalAsync()).Select(entry => (entry.Action, entry.Outcome)).ToList();
        await ChangeAsync(bench, row => row.Paused = false);
        var end = await bench.UntilFinalAsync(recovery);

        Assert.Equal([(StepAction.CheckDisks, StepOutcome.Succeeded), (StepAction.Define, StepOutcome.Succeeded)], paused);
        Assert.Equal(RecoveryState.Completed, end.State);
    }

    [Theory]
    [InlineData(CancelMode.Finish, InstanceState.Recovered, "CheckDisks Define Start Verify")]
    [InlineData(CancelMode.PutBack, InstanceState.Failed, "CheckDisks Define Undefine")]
    public async Task Cancelling_skips_what_waits_and_finishes_or_puts_back_what_is_under_way(
        CancelMode mode, InstanceState expected, string steps)
    {
        await using var bench = new Bench("a", "b");
        bench.Options = bench.Options with { Runner = bench.Options.Runner with { MaxParallel = 1 } };
        await bench.AttestAsync("node1");
        var hold = new TaskCompletionSource();
        bench.Before = step => step.Action == StepAction.Define ? hold.Task : Task.CompletedTask;
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.SentAsync(StepAction.Define);

        await ChangeAsync(bench, row => row.Cancel = mode);
        hold.SetResult();
        var end = await bench.UntilFinalAsync(recovery);

        var begun = Assert.Single(end.Instances, row => row.StartedAt is not null);
        Assert.Equal(expected, begun.State);
        Assert.Equal(steps, string.Join(' ', bench.Dispatches.Select(step => step.Action)));
        Assert.Equal(InstanceState.Skipped, Assert.Single(end.Instances, row => row != begun).State);
        Assert.Equal(RecoveryState.Cancelled, end.State);
        if (mode == CancelMode.PutBack)
        {
            Assert.Equal("The recovery was cancelled.", begun.Reason);
        }
    }

    [Fact]
    public async Task What_an_operator_wants_left_alone_is_skipped_and_the_others_go_on()
    {
        await using var bench = new Bench("a", "b");
        bench.Options = bench.Options with { Runner = bench.Options.Runner with { MaxParallel = 1 } };
        await bench.AttestAsync("node1");
        var hold = new TaskCompletionSource();
        bench.Before = step => step.Action == StepAction.Define ? hold.Task : Task.CompletedTask;
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.SentAsync(StepAction.Define);

        await ChangeAsync(bench, row => row.Instances.Single(each => each.State == InstanceState.Waiting).SkipRequested = true);
        hold.SetResult();
        var end = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.CompletedWithFailures, end.State);
        Assert.Equal(
            [InstanceState.Recovered, InstanceState.Skipped], end.Instances.Select(row => row.State).Order());
    }

    [Fact]
    public async Task Raised_limits_count_at_once()
    {
        await using var bench = new Bench("a", "b", "c");
        bench.Options = bench.Options with { Runner = bench.Options.Runner with { MaxParallel = 1 } };
        await bench.AttestAsync("node1");
        var hold = new TaskCompletionSource();
        bench.Before = _ => hold.Task;
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.SentAsync(StepAction.CheckDisks);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation);
        var before = bench.Sent.Count;

        await ChangeAsync(bench, row => row.Limits = row.Limits with { InAll = 3 });
        await bench.SentAsync(StepAction.CheckDisks, 3);
        hold.SetResult();

        Assert.Equal(1, before);
        Assert.Equal(RecoveryState.Completed, (await bench.UntilFinalAsync(recovery)).State);
    }

    [Fact]
    public async Task What_waits_for_a_guest_waits_until_it_is_ready()
    {
        await using var bench = new Bench("web", "database");
        bench.Instances[0] = bench.Instances[0] with { Policy = new InstancePolicy { After = [bench.Instances[1].Id] } };
        bench.Instances[1] = bench.Instances[1] with
        {
            Policy = new InstancePolicy { Ready = new ReadinessGate(ReadinessProbe.Tcp, "10.0.0.5:3306") },
        };
        var ready = new TaskCompletionSource<StepReply>();
        bench.Ready = _ => ready.Task;
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();

        await bench.UntilAsync(recovery, row => row.Instances.Any(each => each.State == InstanceState.AwaitingReadiness));
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation);
        var sent = bench.Sent.ToList();
        ready.SetResult(new StepReply(StepOutcome.FailedForGood, "NOT_READY", "10.0.0.5:3306 was asked for 300 s: refused.", []));
        var end = await bench.UntilFinalAsync(recovery);

        Assert.DoesNotContain(sent, step => step.StartsWith("web ", StringComparison.Ordinal));
        Assert.All(end.Instances, row => Assert.Equal(InstanceState.Recovered, row.State));
        Assert.Contains(
            await bench.EventsAsync(),
            happened => happened.Type == EventTypes.Alarm && happened.Message.Contains("database runs on", StringComparison.Ordinal));
    }

    private static async Task ChangeAsync(Bench bench, Action<RecoveryRow> change)
    {
        await using var context = bench.CreateDbContext();
        change(await context.Recoveries.Include(row => row.Instances).SingleAsync(Cancellation));
        await context.SaveChangesAsync(Cancellation);
    }
}
