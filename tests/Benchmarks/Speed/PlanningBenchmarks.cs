using BenchmarkDotNet.Attributes;
using Recovery.Benchmarks.Clusters;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Speed;

/// <summary>
/// Each from a snapshot as the inventory hands it out to a finished plan: whatever the planner looks up quickly, it has to
/// index in that time.
/// </summary>
[MemoryDiagnoser]
public class PlanningBenchmarks
{
    internal static readonly PlannerOptions Options = new() { VcpuOvercommit = 4.0 };

    private ClusterSnapshot healthy = null!;
    private ClusterSnapshot hostLost = null!;
    private ClusterSnapshot rackLost = null!;

    private static string LostHost => LargeCluster.Name(417);

    private static IReadOnlyList<string> LostRack => LargeCluster.Rack(7);

    [GlobalSetup(Targets = [nameof(OneHostOf1000), nameof(ForecastOf1000), nameof(RackOf1000)])]
    public void Thousand() => Build(1_000);

    [GlobalSetup(Targets = [nameof(RackOf10000)])]
    public void TenThousand() => Build(10_000);

    [Benchmark]
    public Plan OneHostOf1000() => Planner.Plan(hostLost, new PlanRequest([LostHost], [], []), Options);

    [Benchmark]
    public Plan RackOf1000() => Planner.Plan(rackLost, new PlanRequest(LostRack, [], []), Options);

    [Benchmark]
    public Plan RackOf10000() => Planner.Plan(rackLost, new PlanRequest(LostRack, [], []), Options);

    [Benchmark]
    public Forecast ForecastOf1000() => ForecastOf(healthy);

    internal static Forecast ForecastOf(ClusterSnapshot snapshot) => Forecaster.Of(snapshot, ForecastLevel.Host, Options);

    private void Build(int hosts)
    {
        healthy = LargeCluster.Of(hosts);
        hostLost = healthy.WithSilent([LostHost]);
        rackLost = healthy.WithSilent(LostRack);
    }
}
