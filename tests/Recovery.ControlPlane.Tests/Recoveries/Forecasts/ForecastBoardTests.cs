using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries.Forecasts;
using Recovery.ControlPlane.Tests.Api;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.ControlPlane.Tests.Recoveries.Plans.World;

namespace Recovery.ControlPlane.Tests.Recoveries.Forecasts;

/// <summary>The last forecast is always at hand, and knows when the inventory has moved.</summary>
public class ForecastBoardTests
{
    private readonly SteeredTime time = new();
    private readonly Definitions inventory = new();
    private readonly InventoryChanges changes = new();
    private readonly LivenessBoard liveness;
    private readonly ForecastBoard board;

    public ForecastBoardTests()
    {
        liveness = new LivenessBoard(time);
        time.Pass(TimeSpan.FromMinutes(1));
        inventory.Cluster = () => With(NewInstance("web", "node2")) with { At = time.GetUtcNow() };
        board = new ForecastBoard(inventory, liveness, changes, Options, time);
        foreach (var host in (string[])["node2", "node3", "node4"])
        {
            liveness.Heard(host, "");
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_first_there_is_none_and_afterwards_there_is_one_for_each_level()
    {
        Assert.Null(board.Of(ForecastLevel.Host));
        Assert.True(board.IsOutdated);

        await board.RefreshAsync(Cancellation);

        Assert.False(board.IsOutdated);
        Assert.Equal((ForecastLevel.Host, false), (board.Of(ForecastLevel.Host)!.Forecast.Level, board.Of(ForecastLevel.Host)!.Stale));
        Assert.Equal(ForecastLevel.Domain, board.Of(ForecastLevel.Domain)!.Forecast.Level);
    }

    [Fact]
    public async Task Right_after_a_start_when_no_host_could_be_heard_yet_nothing_is_foretold()
    {
        var deaf = new ForecastBoard(inventory, new LivenessBoard(time), changes, Options, time);

        await deaf.RefreshAsync(Cancellation);

        Assert.Null(deaf.Of(ForecastLevel.Host));
    }

    [Fact]
    public async Task What_changes_the_inventory_makes_it_stale_until_it_is_computed_again()
    {
        await board.RefreshAsync(Cancellation);
        changes.Notify();
        Assert.True(board.Of(ForecastLevel.Host)!.Stale);

        await board.RefreshAsync(Cancellation);
        Assert.False(board.Of(ForecastLevel.Host)!.Stale);
    }

    [Fact]
    public async Task The_service_computes_the_first_and_again_after_a_change_and_outlives_a_failure()
    {
        using var service = new ForecastService(board, time, NullLogger<ForecastService>.Instance);
        inventory.Cluster = () => throw new InvalidOperationException("The database is away.");
        await service.StartAsync(Cancellation);
        inventory.Cluster = () => With(NewInstance("web", "node2")) with { At = time.GetUtcNow() };

        Assert.Equal(1, await UntilAsync(() => board.Of(ForecastLevel.Host)?.Forecast.Losses.Sum(loss => loss.Instances)));
        inventory.Cluster = () => With() with { At = time.GetUtcNow() };
        changes.Notify();

        Assert.Equal(0, await UntilAsync(() => board.Of(ForecastLevel.Host)!.Forecast.Losses.Sum(loss => loss.Instances), not: 1));
        await service.StopAsync(Cancellation);
    }

    private static async Task<int?> UntilAsync(Func<int?> read, int? not = null)
    {
        for (var patience = 0; read() == not && patience < 600; patience++)
        {
            await Task.Delay(50, Cancellation);
        }

        return read();
    }

    [Fact]
    public async Task What_changes_while_it_is_computed_makes_it_stale()
    {
        inventory.Cluster = () =>
        {
            changes.Notify();
            return With();
        };

        await board.RefreshAsync(Cancellation);

        Assert.True(board.Of(ForecastLevel.Host)!.Stale);
    }

    [Fact]
    public async Task A_host_that_falls_silent_makes_it_stale_though_nobody_wrote_anything()
    {
        await board.RefreshAsync(Cancellation);
        time.Pass(LivenessBoard.SilentAfter + TimeSpan.FromSeconds(1));

        Assert.True(board.IsOutdated);
    }

    [Fact]
    public async Task After_a_while_it_is_computed_again_whatever_was_noticed()
    {
        await board.RefreshAsync(Cancellation);
        inventory.Cluster = () => With() with { At = time.GetUtcNow() };
        time.Pass(TimeSpan.FromMinutes(6));
        foreach (var host in (string[])["node2", "node3", "node4"])
        {
            liveness.Heard(host, "");
        }

        Assert.True(board.IsOutdated);
    }
}
