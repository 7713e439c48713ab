using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Journal before effect, epochs, compare and set: what a crash or a second driver can't break.</summary>
public class JournalTests
{
    [Fact]
    public async Task A_commit_that_misses_ends_the_new_copy_again()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        bench.CarryOut = step => new(StepOutcome.FailedForGood, "COMMIT_MISSED", $"{step.Name} does not belong to {step.Source} any more.");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Failed, row.State);
        Assert.Contains("does not belong to node1 any more", row.Instances.Single().Reason);
        Assert.Equal(["Stop", "Undefine"], bench.Dispatches.Select(step => step.Action.ToString()).TakeLast(2));
    }

    [Fact]
    public async Task A_step_without_an_answer_is_sent_again_under_the_same_id()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var lost = 2;
        bench.Answer = step => step.Action == StepAction.Start && lost-- > 0
            ? throw new ExecutorUnreachableException("node2 does not answer.")
            : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);

        var starts = bench.Dispatches.Where(step => step.Action == StepAction.Start).ToList();
        Assert.Equal(3, starts.Count);
        Assert.Single(starts.Select(step => step.StepId).Distinct());
    }

    [Fact]
    public async Task An_older_epoch_cannot_write_anything()
    {
        await using var bench = new Bench("a");
        var recovery = await bench.AcceptAsync();
        await using (var context = bench.CreateDbContext())
        {
            await context.Recoveries.ExecuteUpdateAsync(
                row => row.SetProperty(each => each.Epoch, 2), TestContext.Current.CancellationToken);
        }

        var older = new Claim(recovery, 1, TimeSpan.FromSeconds(3), bench, TimeProvider.System);

        await Assert.ThrowsAsync<ClaimLostException>(
            () => older.EnterAsync(RecoveryState.Completed, "done", TestContext.Current.CancellationToken));
        Assert.Equal(RecoveryState.Accepted, (await bench.ReadAsync(recovery)).State);
    }

    // Invariant 2, at every step that is sent: the control plane dies after the intent and before the outcome.
    [Fact]
    public async Task A_crash_in_any_step_resumes_to_the_same_end_and_no_step_id_is_new()
    {
        var crashes = 0;
        for (var crashAt = 1; ; crashAt++)
        {
            await using var bench = new Bench("a");
            await bench.AttestAsync("node1");
            var crashed = new TaskCompletionSource();
            var dispatched = 0;
            bench.Answer = step =>
            {
                if (++dispatched == crashAt)
                {
                    crashed.SetResult();
                    throw new OperationCanceledException("The control plane dies here.");
                }

                return Bench.Done;
            };
            var recovery = await bench.AcceptAsync();
            await bench.StartAsync();
            var ended = bench.UntilFinalAsync(recovery);
            await Task.WhenAny(crashed.Task, ended);
            if (!crashed.Task.IsCompleted)
            {
                break;
            }

            await bench.StopAsync();
            await bench.StartAsync();
            var row = await ended;

            crashes++;
            Assert.Equal(RecoveryState.Completed, row.State);
            Assert.Equal(
                ["CheckDisks", "Define", "Start", "Verify"],
                bench.Dispatches.DistinctBy(step => step.StepId).Select(step => step.Action.ToString()));
            Assert.True(bench.Dispatches[^1].Epoch > bench.Dispatches[0].Epoch);
        }

        Assert.Equal(4, crashes);
    }
}
