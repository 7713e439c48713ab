using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>kill -9 in the middle of a start, which a libvirt hook makes slow enough to hit.</summary>
[Collection("lab")]
public class CrashTests
{
    internal const string SlowStart = """[ "$2" = prepare ] && sleep 3; exit 0""";

    [Fact]
    public async Task An_executor_that_is_killed_in_the_middle_of_a_start_ends_the_step_once()
    {
        await using var cluster = await Cluster.UpAsync(hook: SlowStart);
        var guest = await cluster.GuestAsync("slow", volume: true);
        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        var target = await StartingAsync(cluster, recovery);

        await cluster.Lab.Host(target).Executor.KillAsync(Cancellation);
        await cluster.Lab.Host(target).Executor.StartAsync(Cancellation);
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        await cluster.RunsOnceOnAsync(target, guest, generation: 2);
        var log = await File.ReadAllLinesAsync($"{cluster.Lab.Host(target).Executor.StateDirectory}/operations.log", Cancellation);
        var start = Assert.Single(log, line => line.Contains("\"kind\":\"intent\"") && line.Contains("\"action\":\"start\""));
        var step = System.Text.Json.JsonDocument.Parse(start).RootElement.GetProperty("step").GetString()!;
        Assert.Single(log, line => line.Contains("\"kind\":\"outcome\"") && line.Contains(step));
    }

    [Fact]
    public async Task A_control_plane_that_is_killed_in_the_middle_of_a_start_goes_on_from_its_journal()
    {
        await using var cluster = await Cluster.UpAsync(hook: SlowStart);
        var guest = await cluster.GuestAsync("slow", volume: true);
        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        var target = await StartingAsync(cluster, recovery);

        await cluster.ControlPlane.KillAsync(Cancellation);
        await cluster.ControlPlane.StartAsync(Cancellation);
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        await cluster.RunsOnceOnAsync(target, guest, generation: 2);
        Assert.Single(await cluster.EventsAsync(recovery), line => line.Contains(": start on " + target + ".\""));
    }

    /// <summary>The target on which the start is under way.</summary>
    internal static async Task<string> StartingAsync(Cluster cluster, string recovery)
    {
        while (true)
        {
            foreach (var line in await cluster.EventsAsync(recovery))
            {
                var happened = System.Text.Json.JsonDocument.Parse(line).RootElement;
                if (happened.TryGetProperty("step", out var step) && step.GetString() == "start")
                {
                    await Task.Delay(500, Cancellation);
                    return happened.GetProperty("host").GetString()!;
                }
            }

            await Task.Delay(50, Cancellation);
        }
    }
}
