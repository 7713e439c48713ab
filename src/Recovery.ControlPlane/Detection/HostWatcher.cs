using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Detection;

/// <summary>Keeps a watch on every registered host, and life signs written down.</summary>
public sealed class HostWatcher(IDbContextFactory<RecoveryDbContext> contexts, WatchTools tools) : BackgroundService
{
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLifeSigns = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Watch> watches = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(BetweenRounds, tools.Time);
        var lifeSignsAt = tools.Time.GetTimestamp();
        try
        {
            do
            {
                try
                {
                    await FollowRegistryAsync(stoppingToken);
                    if (tools.Time.GetElapsedTime(lifeSignsAt) >= BetweenLifeSigns)
                    {
                        lifeSignsAt = tools.Time.GetTimestamp();
                        await tools.LifeSigns.RecordAsync([.. watches.Keys], stoppingToken);
                    }
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    // An exception from here would end the whole control plane; the watches go on meanwhile.
                    tools.Log.LogError(failure, "The list of hosts can't be read, or life signs can't be written: {Problem}", failure.Message);
                }
            }
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The control plane stops.
        }
        finally
        {
            foreach (var host in watches.Keys.ToList())
            {
                await EndAsync(host);
            }
        }
    }

    // Hosts come, go, and change their address while we run.
    private async Task FollowRegistryAsync(CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        var registered = await database.Hosts.AsNoTracking().Select(row => new { row.Name, row.Executor })
            .ToDictionaryAsync(row => row.Name, row => row.Executor, cancellationToken);
        foreach (var (host, watch) in watches.ToList())
        {
            if (registered.GetValueOrDefault(host) == watch.Address)
            {
                continue;
            }

            await EndAsync(host);
            if (!registered.ContainsValue(watch.Address))
            {
                tools.Channels.Close(watch.Address);
            }

            if (!registered.ContainsKey(host))
            {
                tools.Liveness.Forget(host);
            }
        }

        foreach (var (host, address) in registered.Where(row => !watches.ContainsKey(row.Key)))
        {
            watches[host] = Watch.Begin(host, address, tools, cancellationToken);
        }
    }

    private async Task EndAsync(string host)
    {
        if (watches.Remove(host, out var watch))
        {
            await watch.EndAsync();
        }
    }

    private sealed record Watch(string Address, CancellationTokenSource Ending, Task Running)
    {
        public static Watch Begin(string host, string address, WatchTools tools, CancellationToken stopping)
        {
            var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            return new Watch(address, ending, new HostWatch(host, address, tools).RunAsync(ending.Token));
        }

        public async Task EndAsync()
        {
            Ending.Cancel();
            await Running;
            Ending.Dispose();
        }
    }
}
