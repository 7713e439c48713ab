using Recovery.ControlPlane.Inventory;

namespace Recovery.ControlPlane.Recoveries.Forecasts;

/// <summary>
/// Keeps the forecasts true: computes them again when the inventory has moved, never more often than every two seconds,
/// and never for more than a fifth of the time.
/// </summary>
public sealed partial class ForecastService(ForecastBoard board, TimeProvider time, ILogger<ForecastService> logger) : BackgroundService
{
    private const int RestPerWork = 4;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var unreachable = "";
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (board.IsOutdated)
                {
                    await board.RefreshAsync(stoppingToken);
                    unreachable = "";
                }
            }
            catch (InventoryUnreachableException failure)
            {
                if (unreachable != failure.Message)
                {
                    unreachable = failure.Message;
                    LogUnreachable(unreachable);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // An exception from here would end the whole control plane; the last forecast stays, and says how old it is.
                LogFailed(failure);
            }

            var rest = board.ComputedIn * RestPerWork;
            await Task.Delay(rest > ShortestRest ? rest : ShortestRest, time, stoppingToken)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The forecast could not be computed; the last one stays, and it is tried again: {Why}")]
    private partial void LogUnreachable(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The forecast could not be computed; the last one stays, and it is tried again.")]
    private partial void LogFailed(Exception failure);
}

public static class ForecastServices
{
    public static IServiceCollection AddForecast(this IServiceCollection services) => services
        .AddSingleton<ForecastBoard>()
        .AddHostedService<ForecastService>();
}
