namespace Recovery.Executor.Watching;

/// <summary>A beat each second, whatever else hangs: silence must mean that the executor or its host is away.</summary>
internal sealed class Heartbeats(WatchHub hub, NodeWatcher watcher, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do hub.Beat(watcher.LibvirtError);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
