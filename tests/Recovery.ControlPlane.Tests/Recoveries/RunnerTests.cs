using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>A recovery on its way: who goes where, what fails, what is left behind.</summary>
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
}
