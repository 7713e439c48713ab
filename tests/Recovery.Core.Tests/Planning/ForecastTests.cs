using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

public class ForecastTests
{
    private static readonly PlannerOptions Options = new() { ReservedMemoryMib = 0, VcpuOvercommit = 1 };

    private static readonly ClusterSnapshot Cluster = Snapshot(
        [
            Host("node1", 8192) with { FailureDomain = "rack-a" },
            Host("node2", 8192) with { FailureDomain = "rack-a" },
            Host("node3", 4096) with { FailureDomain = "rack-b" },
            Host("host0", 8192, maintenance: true),
        ],
        Instance("a", "node1", 4096), Instance("b", "node2", 6144), Instance("c", "node3", 1024),
        Instance("optedout", "node3", 16_384) with { Policy = new() { OptOut = true }, State = DomainState.ShutOff });

    [Fact]
    public void Losses_that_could_not_be_survived_come_first_and_say_who_stays_down_and_why()
    {
        var forecast = Forecaster.Of(Cluster, ForecastLevel.Host, Options);

        Assert.Equal(["node1", "node2", "host0", "node3"], forecast.Losses.Select(loss => loss.Name));
        Assert.Equal([false, false, true, true], forecast.Losses.Select(loss => loss.Survivable));
        Assert.Equal(2, forecast.Survivable);
        var down = forecast.Losses.Single(loss => loss.Name == "node2").StaysDown.Single();
        Assert.Equal("b", down.Name);
        Assert.Contains(down.Rejections, each => each is { Kind: RejectionKind.MemoryShort, Sentence: "needs 6144 MiB, node1 has 4096 MiB free" });
    }

    [Fact]
    public void What_stays_down_by_wish_does_not_make_a_loss_unsurvivable()
    {
        var loss = Forecaster.Of(Cluster, ForecastLevel.Host, Options).Losses.Single(loss => loss.Name == "node3");

        Assert.True(loss.Survivable);
        Assert.Equal(2, loss.Instances);
    }

    [Fact]
    public void A_failure_domain_is_lost_as_a_whole_and_a_host_of_none_alone()
    {
        var losses = Forecaster.Of(Cluster, ForecastLevel.Domain, Options).Losses;

        Assert.Equal(["rack-a", "host0", "rack-b"], losses.Select(loss => loss.Name));
        Assert.Equal(["node1", "node2"], losses[0].Hosts);
        Assert.Equal(["a", "b"], losses[0].StaysDown.Select(down => down.Name).Order());
    }

    [Fact]
    public void The_fullest_survivor_is_the_fullest_after_the_moves()
    {
        var losses = Forecaster.Of(Cluster, ForecastLevel.Host, Options).Losses;

        // c goes to node1, which has half of its memory free, and node2 stays the fullest.
        Assert.Equal(new Load("node2", 75, 12.5), losses.Single(loss => loss.Name == "node3").MostLoaded);
        Assert.Null(Forecaster.Of(Snapshot([Host("only")], Instance("a", "only")), ForecastLevel.Host, Options).Losses.Single().MostLoaded);
    }

    [Fact]
    public void Head_room_counts_the_hosts_that_take_instances_now() =>
        Assert.Equal(new HeadRoom(3, 4096 + 2048 + 3072, 21, 4096), Forecaster.Of(Cluster, ForecastLevel.Host, Options).HeadRoom);
}
