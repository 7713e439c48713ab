using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>A host was told to end its guests, or may have been, and lives: who says "nothing was touched" has to know it.</summary>
public class FenceOrderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_was_never_told_is_left_alone()
    {
        await using var bench = new Bench("a");
        var recovery = await OrderIsOutAsync(bench);

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal((RecoveryState.Failed, 1), (row.State, bench.Questions));
        Assert.Contains("Nothing was touched there", row.Reason);
        Assert.Empty(bench.Sent);
        await using var context = bench.CreateDbContext();
        Assert.False(await context.FenceOrders.AnyAsync(Cancel));
    }

    [Fact]
    public async Task A_host_that_obeyed_gives_its_instances_to_the_others_although_it_lives()
    {
        await using var bench = new Bench("a");
        bench.AfterOrder = () => new FenceAttempt(true, "It ended a, and saw that none is left.", [], FenceProofKind.ExecutorWord) { Order = OrderState.Out };
        var recovery = await OrderIsOutAsync(bench);

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal((RecoveryState.Completed, 1), (row.State, bench.Questions));

        // Its host may run others from now on: nobody may be asked to go on with what was meant for these.
        await using var context = bench.CreateDbContext();
        Assert.False(await context.FenceOrders.AnyAsync(Cancel));
    }

    [Fact]
    public async Task A_host_that_can_not_say_is_asked_again_and_is_neither_given_up_nor_believed()
    {
        await using var bench = new Bench("a");
        bench.AfterOrder = () => new FenceAttempt(false, "It does not answer.", []) { Order = OrderState.Out };
        var recovery = await OrderIsOutAsync(bench);

        await bench.StartAsync();
        var waiting = await bench.UntilAsync(recovery, row => bench.Questions >= 2 && row.State == RecoveryState.AwaitingProof);

        Assert.Contains("It does not answer.", waiting.Reason);
        Assert.Empty(bench.Sent);
    }

    // As a control plane leaves it that died while it told node1, which is heard again since.
    private static async Task<Guid> OrderIsOutAsync(Bench bench)
    {
        var recovery = await bench.AcceptAsync();
        await using var context = bench.CreateDbContext();
        context.FenceOrders.Add(new FenceOrderRow { RecoveryId = recovery, Host = "node1" });
        context.Locks.Add(new RecoveryLockRow { Subject = RecoveryLockRow.ForFencing("node1"), RecoveryId = recovery });
        await context.SaveChangesAsync(Cancel);
        bench.Liveness.Heard("node1", "");
        return recovery;
    }
}
