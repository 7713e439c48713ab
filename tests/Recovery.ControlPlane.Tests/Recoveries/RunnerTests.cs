using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

public class RunnerTests
{
    private static readonly StepReply Refused = new(StepOutcome.FailedForGood, "LIBVIRT_REFUSED", "The disk is gone.", []);

    [Fact]
    public async Task A_dead_host_that_is_proven_off_gives_its_instances_to_the_others()
    {
        await using var bench = new Bench("a", "b");
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        Assert.All(row.Instances, each => Assert.Equal(InstanceState.Recovered, each.State));
        Assert.Equal(2, row.Instances.Select(each => each.Target).Distinct().Count());
        Assert.Equal(["CheckDisks", "Define", "Start", "Verify", "Commit"], (await bench.JournalAsync())
            .Where(entry => entry.InstanceId == bench.Instances[0].Id).Select(entry => entry.Action.ToString()));
    }

    [Fact]
    public async Task Without_a_proof_nothing_is_sent_and_it_says_what_it_waits_for()
    {
        await using var bench = new Bench("a");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var waiting = await bench.UntilAsync(recovery, row => row.State == RecoveryState.AwaitingProof);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        Assert.Empty(bench.Sent);
        Assert.Contains("Waiting for a proof that node1 is off", waiting.Reason);
        Assert.Contains("/v1/hosts/node1/attestations", waiting.Reason);

        await bench.AttestAsync("node1");
        Assert.Equal(RecoveryState.Completed, (await bench.UntilFinalAsync(recovery)).State);
    }

    [Fact]
    public async Task A_fence_agent_that_fails_at_first_is_tried_again_and_its_proof_is_kept()
    {
        await using var bench = new Bench("a");
        bench.Fence = () => bench.FenceCalls == 1
            ? new FenceAttempt(false, "The BMC does not answer.", [])
            : new FenceAttempt(true, "fence_lab says off.", []);
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();

        Assert.Equal(RecoveryState.Completed, (await bench.UntilFinalAsync(recovery)).State);
        await using var context = bench.CreateDbContext();
        var proof = await context.FenceProofs.SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal((FenceProofKind.PowerOff, "fence_lab says off."), (proof.Kind, proof.Evidence));
    }

    [Fact]
    public async Task A_source_that_is_heard_again_before_the_start_is_not_started_a_second_time()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        bench.Answer = step =>
        {
            if (step.Action == StepAction.Define)
            {
                bench.Liveness.Heard("node1", "");
            }

            return Bench.Done;
        };
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.DoesNotContain(bench.Sent, step => step.Contains("Start"));
        Assert.Equal(InstanceState.Failed, row.Instances.Single().State);
        Assert.Contains("node1 is alive again", row.Instances.Single().Reason);
        Assert.Equal(["Stop", "Undefine"], bench.Dispatches.Select(step => step.Action.ToString()).TakeLast(2));
    }

    [Fact]
    public async Task A_source_that_is_alive_again_while_it_waits_ends_the_recovery_untouched()
    {
        await using var bench = new Bench("a");
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.UntilAsync(recovery, row => row.State == RecoveryState.AwaitingProof);

        bench.Liveness.Heard("node1", "");
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Failed, row.State);
        Assert.Contains("alive again", row.Reason);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public async Task A_control_plane_that_has_just_started_fences_nobody_before_it_has_listened()
    {
        await using var bench = new Bench("a") { Liveness = new LivenessBoard(TimeProvider.System) };
        bench.Fence = () => new FenceAttempt(true, "fence_lab says off.", []);
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilAsync(recovery, row => row.State == RecoveryState.Fencing);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        bench.Liveness.Heard("node1", "");
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(0, bench.FenceCalls);
        Assert.Contains("alive again", row.Reason);
    }

    [Fact]
    public async Task What_fails_is_put_back_and_the_others_go_on()
    {
        await using var bench = new Bench("a", "b");
        await bench.AttestAsync("node1");
        bench.Answer = step => step is { Action: StepAction.Start, Instance.Name: "a" } ? Refused : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.CompletedWithFailures, row.State);
        var failed = row.Instances.Single(each => each.Name == "a");
        Assert.Equal((InstanceState.Failed, "The disk is gone."), (failed.State, failed.Reason));
        Assert.Equal(
            ["CheckDisks", "Define", "Start", "Stop", "Undefine"],
            bench.Dispatches.Where(step => step.Instance.Name == "a").Select(step => step.Action.ToString()));
        Assert.Equal(InstanceState.Recovered, row.Instances.Single(each => each.Name == "b").State);
    }

    [Fact]
    public async Task What_was_off_is_defined_and_never_started()
    {
        await using var bench = new Bench();
        bench.Instances.Add(Bench.NewInstance("off", DomainState.ShutOff));
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        Assert.DoesNotContain(bench.Sent, step => step.Contains("Start"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_for_another_begins_when_that_has_ended_however_it_ended(bool databaseComesUp)
    {
        await using var bench = new Bench("web", "database");
        bench.Instances[0] = bench.Instances[0] with { Policy = new InstancePolicy { After = [bench.Instances[1].Id] } };
        bench.Answer = step =>
        {
            if (step.Instance.Name != "database" || step.Action != StepAction.Start)
            {
                return Bench.Done;
            }

            Thread.Sleep(TimeSpan.FromSeconds(1)); // long enough for the other to come first, were it not to wait
            return databaseComesUp ? Bench.Done : Refused;
        };
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(databaseComesUp ? InstanceState.Recovered : InstanceState.Failed, row.Instances.Single(each => each.Name == "database").State);
        Assert.Equal(InstanceState.Recovered, row.Instances.Single(each => each.Name == "web").State);
        var sent = bench.Sent;
        Assert.True(
            sent.Index().First(each => each.Item.StartsWith("web ", StringComparison.Ordinal)).Index
            > sent.Index().Last(each => each.Item.StartsWith("database ", StringComparison.Ordinal)).Index,
            string.Join('\n', sent));
    }

    [Fact]
    public async Task A_commit_that_misses_ends_the_new_copy_again()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        bench.Commit = _ => false;
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
    public async Task A_target_that_is_lost_and_proven_off_fails_its_instance_and_nothing_waits_for_ever()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        await bench.AttestAsync("node2");
        await bench.AttestAsync("node3");
        bench.Answer = step => step.Action is StepAction.Start or StepAction.Stop or StepAction.Undefine
            ? throw new ExecutorUnreachableException($"{step.Host} does not answer.")
            : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(InstanceState.Failed, row.Instances.Single().State);
        Assert.Contains("was lost meanwhile", row.Instances.Single().Reason);
    }

    [Fact]
    public async Task Nothing_placeable_ends_it_before_the_source_is_fenced()
    {
        await using var bench = new Bench("a");
        bench.World = world => world with { Hosts = [.. world.Hosts.Select(host => host with { Maintenance = true })] };
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal((RecoveryState.Failed, 0), (row.State, bench.FenceCalls));
        Assert.Equal(InstanceState.Unplaced, row.Instances.Single().State);
        Assert.Contains("node2 is in maintenance", row.Instances.Single().Reason);
    }

    [Fact]
    public async Task A_target_that_is_lost_while_fencing_is_replaced_and_the_change_is_said()
    {
        await using var bench = new Bench("a", "b");
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.UntilAsync(recovery, row => row.State == RecoveryState.AwaitingProof);
        bench.World = world => world with
        {
            Hosts = [.. world.Hosts.Select(host => host.Name == "node3" ? host with { Liveness = HostLiveness.Silent } : host)],
        };

        await bench.AttestAsync("node1");
        var row = await bench.UntilFinalAsync(recovery);

        Assert.All(row.Instances, each => Assert.Equal("node2", each.Target));
        Assert.Contains(
            await bench.EventsAsync(),
            happened => happened.Type == EventTypes.Replan && happened.Message.Contains("goes to node2 instead of node3"));
    }

    [Fact]
    public async Task Cancelling_a_waiting_recovery_skips_everything_and_frees_its_locks()
    {
        await using var bench = new Bench("a");
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.UntilAsync(recovery, row => row.State == RecoveryState.AwaitingProof);

        await using (var context = bench.CreateDbContext())
        {
            await context.Recoveries.ExecuteUpdateAsync(
                row => row.SetProperty(each => each.Cancel, CancelMode.Finish), TestContext.Current.CancellationToken);
        }

        var cancelled = await bench.UntilFinalAsync(recovery);

        Assert.Equal((RecoveryState.Cancelled, InstanceState.Skipped), (cancelled.State, cancelled.Instances.Single().State));
        await using var after = bench.CreateDbContext();
        Assert.Empty(await after.Locks.ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_emptied_is_in_quarantine_afterwards()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);

        await using var context = bench.CreateDbContext();
        Assert.True((await context.Hosts.SingleAsync(host => host.Name == "node1", TestContext.Current.CancellationToken)).Quarantined);
        Assert.False((await context.Hosts.SingleAsync(host => host.Name == "node2", TestContext.Current.CancellationToken)).Quarantined);
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
            await Task.WhenAny(crashed.Task, bench.UntilFinalAsync(recovery));
            if (!crashed.Task.IsCompleted)
            {
                break;
            }

            await bench.StopAsync();
            await bench.StartAsync();
            var row = await bench.UntilFinalAsync(recovery);

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
