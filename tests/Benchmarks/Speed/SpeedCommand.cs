using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Recovery.Benchmarks.Clusters;

namespace Recovery.Benchmarks.Speed;

/// <summary>Measures how long the planner takes on clusters of 1,000 and 10,000 hosts with 20 instances each.</summary>
internal static class SpeedCommand
{
    // n log n from 1,000 hosts to 10,000: ten times the hosts, and 4/3 for the logarithm.
    private static readonly double GrowthLimit = 10 * Math.Log(10_000) / Math.Log(1_000);

    /// <summary>0 when everything is within its limit, else 1. Writes the outcome down.</summary>
    public static int Run()
    {
        var summary = BenchmarkRunner.Run<PlanningBenchmarks>(Configuration());
        var oneHost = Of(summary, nameof(PlanningBenchmarks.OneHostOf1000));
        var forecast = Of(summary, nameof(PlanningBenchmarks.ForecastOf1000));
        var smallRack = Of(summary, nameof(PlanningBenchmarks.RackOf1000));
        var rack = Of(summary, nameof(PlanningBenchmarks.RackOf10000));
        var growth = rack.Milliseconds / smallRack.Milliseconds;
        var table = string.Create(CultureInfo.InvariantCulture, $"""
            | what | measured | limit | allocated |
            |---|---|---|---|
            | plan the loss of one host; 1,000 hosts, 20,000 instances | {oneHost.Milliseconds:F1} ms | 20 ms | {oneHost.Mebibytes:F0} MiB |
            | forecast the loss of every host; 1,000 hosts, 20,000 instances | {forecast.Milliseconds:F0} ms | 2000 ms | {forecast.Mebibytes:F0} MiB |
            | plan the loss of a rack of 40; 1,000 hosts, 20,000 instances | {smallRack.Milliseconds:F1} ms | | {smallRack.Mebibytes:F0} MiB |
            | plan the loss of a rack of 40; 10,000 hosts, 200,000 instances | {rack.Milliseconds:F0} ms | 500 ms | {rack.Mebibytes:F0} MiB |
            | growth of the last from the one before it | {growth:F1} | {GrowthLimit:F1} | |
            | forecast the loss of every host; 10,000 hosts, 200,000 instances; once | {LargeForecast().TotalSeconds:F1} s | | |
            """);
        Console.WriteLine();
        Console.WriteLine(table);
        Report.Write("speed", table);
        return oneHost.Milliseconds <= 20 && forecast.Milliseconds <= 2000 && rack.Milliseconds <= 500 && growth <= GrowthLimit ? 0 : 1;
    }

    private static TimeSpan LargeForecast()
    {
        var snapshot = LargeCluster.Of(10_000);
        var watch = Stopwatch.StartNew();
        PlanningBenchmarks.ForecastOf(snapshot);
        return watch.Elapsed;
    }

    // In this process: BenchmarkDotNet's generated project would need package versions of its own.
    private static ManualConfig Configuration() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessNoEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(10))
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .WithOptions(ConfigOptions.DisableLogFile)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "recovery-benchmarks"));

    private static (double Milliseconds, double Mebibytes) Of(Summary summary, string method)
    {
        var report = summary.Reports.FirstOrDefault(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
        return report?.ResultStatistics is { } statistics
            ? (statistics.Mean / 1e6, (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0) / 1048576.0)
            : throw new InvalidOperationException($"BenchmarkDotNet did not finish {method}; its messages are above.");
    }
}
