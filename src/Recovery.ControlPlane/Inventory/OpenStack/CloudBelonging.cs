using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// Follows Nova: to which host each instance belongs. It looks at start, soon after anything has changed here, and every
/// quarter of a minute for what changed only there.
/// </summary>
internal sealed partial class CloudBelonging(
    CloudBook book, InventoryHealth health, InventoryChanges changes, TimeProvider time, ILogger<CloudBelonging> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // Every report of every executor is a change.
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var (version, asked) = (changes.Version, time.GetUtcNow());
            try
            {
                if (await FollowAsync(stoppingToken))
                {
                    changes.Notify();
                    version++;
                }

                while (time.GetUtcNow() - asked < (changes.Version == version ? AtLeastEvery : AtMostEvery))
                {
                    await Task.Delay(LookEvery, time, stoppingToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Our own database: an exception from here would end the whole control plane.
                LogFailed(failure);
                await Task.Delay(AtMostEvery, time, stoppingToken);
            }
        }
    }

    /// <summary>One look.</summary>
    /// <returns>True when it changed anything.</returns>
    internal async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (done, faults) = await book.FollowAsync(cancellationToken);
            Tell(string.Join(" ", faults));
            if (done.Any)
            {
                LogFollowed(done.Added, done.Moved, done.Removed);
            }

            return done.Any;
        }
        catch (CloudUnreadableException unreadable)
        {
            Tell(unreadable.Message);
            return false;
        }
    }

    private void Tell(string fault)
    {
        var before = health.Fault ?? "";
        if (!health.Was(fault))
        {
            return;
        }

        if (fault.Length > 0)
        {
            LogUnreadable(fault);
        }
        else if (before.Length > 0)
        {
            LogReadable();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "By Nova's word {Added} instances came to be known, {Moved} moved without Recovery, and {Removed} are on no host any more.")]
    private partial void LogFollowed(int added, int moved, int removed);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault} What was known of it stays; it is tried again and again, and said here only when it changes.")]
    private partial void LogUnreadable(string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "The cloud can be read again.")]
    private partial void LogReadable();

    [LoggerMessage(Level = LogLevel.Error, Message = "What Nova says of its instances could not be written down; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
