using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>An instance never runs twice: no start without a proof, and unknown is not dead.</summary>
public class ProofTests
{
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
    public async Task A_control_plane_that_is_cut_off_itself_fences_nobody_and_says_so()
    {
        await using var bench = new Bench("a");
        bench.Fence = () => new FenceAttempt(true, "fence_lab says off.", []);
        await using (var context = bench.CreateDbContext())
        {
            DateTimeOffset? reported = DateTimeOffset.UtcNow;
            await context.Hosts.ExecuteUpdateAsync(
                row => row.SetProperty(each => each.ReportedAt, reported), TestContext.Current.CancellationToken);
        }

        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        var waiting = await bench.UntilAsync(recovery, row => row.Reason.Contains("control plane's own network", StringComparison.Ordinal));

        Assert.Equal((RecoveryState.Planning, 0), (waiting.State, bench.FenceCalls));

        bench.Liveness.Heard("node2", "");
        bench.Liveness.Heard("node3", "");
        Assert.Equal(RecoveryState.Completed, (await bench.UntilFinalAsync(recovery)).State);
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
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var row = await bench.UntilAsync(recovery, row =>
        {
            bench.Liveness.Heard("node1", "");
            return row.State.IsFinal();
        });

        Assert.Equal(0, bench.FenceCalls);
        Assert.Contains("alive again", row.Reason);
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
}
