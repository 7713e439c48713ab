using System.Diagnostics;
using System.Globalization;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.Labs;

namespace Recovery.Benchmarks.Clouds;

/// <summary>How long it takes to read an OpenStack cloud of 1,000 hosts and 20,000 instances out of its databases.</summary>
internal static class CloudCommand
{
    private const int Hosts = 1_000;
    private const int Instances = 20_000;
    private const int Runs = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>0, or 1 when the limit is missed.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await MariaDb.StartAsync(cancellationToken: cancellationToken);
        var watch = Stopwatch.StartNew();
        await LargeCloud.FillAsync(server, Hosts, Instances, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The databases were filled in {watch.Elapsed.TotalSeconds:F1} s."));

        var secret = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(secret, server.ConnectionString(""), cancellationToken);
            var reader = new CloudReader(new CloudConnections(new OpenStackOptions { ReaderConnectionStringFile = secret }), TimeProvider.System);
            var taken = new List<TimeSpan>();
            for (var run = 0; run <= Runs; run++)
            {
                var (begin, before) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
                var view = await reader.ReadAsync(cancellationToken);
                taken.Add(begin.Elapsed);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{view.Hosts.Count} hosts, {view.Instances.Count} instances, {view.Faults.Count} faults: {begin.Elapsed.TotalMilliseconds:F0} ms, {(GC.GetTotalAllocatedBytes() - before) >> 20} MiB allocated"));
            }

            var (first, middle) = (taken[0], taken.Skip(1).Order().ElementAt(Runs / 2));
            Report.Write("cloud", string.Create(CultureInfo.InvariantCulture, $"""
                | what | measured | limit |
                |---|---|---|
                | read a cloud of {Hosts:N0} hosts and {Instances:N0} instances in two cells, the first time | {first.TotalSeconds:F1} s | {Limit.TotalSeconds:F0} s |
                | … again (middle of {Runs}) | {middle.TotalSeconds:F1} s | {Limit.TotalSeconds:F0} s |
                """));
            return first <= Limit && middle <= Limit ? 0 : 1;
        }
        finally
        {
            File.Delete(secret);
        }
    }
}
