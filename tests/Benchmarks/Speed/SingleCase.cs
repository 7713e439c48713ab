using System.Diagnostics;
using System.Globalization;
using Recovery.Benchmarks.Clusters;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Speed;

/// <summary>One question, asked again and again with a stopwatch beside it: to try a change, or to hang a profiler on.</summary>
internal static class SingleCase
{
    /// <summary>0, or 2 when there is no such case.</summary>
    /// <param name="name"><c>host</c>, <c>rack</c> or <c>forecast</c>.</param>
    /// <param name="hosts">How many the cluster has.</param>
    /// <param name="seconds">After so long, no further run begins.</param>
    public static int Run(string name, int hosts, int seconds)
    {
        var snapshot = LargeCluster.Of(hosts);
        var options = PlanningBenchmarks.Options;
        IReadOnlyList<string> lost = name == "rack" ? LargeCluster.Rack(7) : [LargeCluster.Name(417)];
        var bereft = snapshot.WithSilent(lost);
        Func<string>? question = name switch
        {
            "host" or "rack" => () => Told(Planner.Plan(bereft, new PlanRequest(lost, [], []), options)),
            "forecast" => () => $"{PlanningBenchmarks.ForecastOf(snapshot).Survivable} survivable",
            _ => null,
        };
        if (question is null)
        {
            Console.Error.WriteLine($"There is no case {name}; there are host, rack and forecast.");
            return 2;
        }

        for (var all = Stopwatch.StartNew(); all.Elapsed.TotalSeconds < seconds;)
        {
            var (watch, before) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
            var answer = question();
            var busy = Process.GetCurrentProcess().TotalProcessorTime - before;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} of {hosts}: {watch.Elapsed.TotalMilliseconds:F1} ms, {busy.TotalMilliseconds:F0} ms of processor: {answer}"));
        }

        return 0;
    }

    private static string Told(Plan plan) => $"{plan.Moves.Count} moves, {plan.Unplaced.Count} unplaced";
}
