using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>A cloud whose databases are away while a recovery needs them.</summary>
public sealed class InventoryAbsenceTests
{
    private const string Why = "The database nova on db:3306 does not answer.";

    /// <summary>1: planning; 2: the re-check after fencing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_recovery_waits_for_it_says_so_once_and_goes_on(int from)
    {
        await using var bench = new Bench("web");
        await bench.AttestAsync("node1");
        var asked = 0;
        bench.World = snapshot => ++asked is var times && times >= from && times < from + 2
            ? throw new InventoryUnreachableException(Why)
            : snapshot;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        var said = Assert.Single(await bench.EventsAsync(), each => each.Message.Contains(Why, StringComparison.Ordinal));
        Assert.Equal(EventTypes.RecoveryState, said.Type);
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task While_it_waits_its_reason_names_the_database_and_it_can_be_cancelled()
    {
        await using var bench = new Bench("web");
        bench.World = _ => throw new InventoryUnreachableException(Why);
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        var waiting = await bench.UntilAsync(recovery, row => row.Reason.Contains(Why, StringComparison.Ordinal));
        Assert.Equal(RecoveryState.Planning, waiting.State);

        await using (var context = bench.CreateDbContext())
        {
            await context.Recoveries.ExecuteUpdateAsync(row => row.SetProperty(each => each.Cancel, CancelMode.Finish), TestContext.Current.CancellationToken);
        }

        var row = await bench.UntilFinalAsync(recovery);
        Assert.Equal(RecoveryState.Cancelled, row.State);
        Assert.Empty(row.Instances);
        Assert.Empty(bench.Sent);
    }
}
