using Recovery.Executor.Watching;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Watching;

public sealed class WatchHubTests
{
    private readonly WatchHub hub = new(TimeProvider.System);

    [Fact]
    public void A_watcher_gets_the_whole_first_and_then_each_change_once()
    {
        hub.Replace(new NodeReport { Host = "n" }, [Domain("a", DomainState.Running)]);
        using var watcher = hub.Subscribe();
        Assert.Equal("a", Assert.Single(watcher.First.Report.Domains).Uuid);
        hub.Change(Domain("a", DomainState.Running));
        hub.Change(Domain("a", DomainState.Crashed));
        hub.Forget("a");
        hub.Forget("a");
        Assert.Equal([WatchEvent.EventOneofCase.DomainChanged, WatchEvent.EventOneofCase.DomainGone], Drain(watcher));
        using var late = hub.Subscribe();
        Assert.Empty(late.First.Report.Domains);
    }

    [Fact]
    public void One_that_reads_too_slowly_is_cut_off_and_the_others_go_on()
    {
        using var slow = hub.Subscribe();
        using var quick = hub.Subscribe();
        for (var i = 0; i < 2000; i++)
        {
            hub.Beat("");
            Drain(quick);
        }
        Drain(slow);
        Assert.True(slow.Then.Completion.IsCompleted);
        Assert.False(quick.Then.Completion.IsCompleted);
    }

    private static List<WatchEvent.EventOneofCase> Drain(WatchHub.Subscription watcher)
    {
        var kinds = new List<WatchEvent.EventOneofCase>();
        while (watcher.Then.TryRead(out var message)) kinds.Add(message.EventCase);
        return kinds;
    }

    private static Domain Domain(string uuid, DomainState state) => new() { Uuid = uuid, State = state };
}
