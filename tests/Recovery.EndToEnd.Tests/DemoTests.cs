using System.Diagnostics;
using System.Text.Json;
using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>./demo as its readers run it, beside whatever demo they have running.</summary>
[Collection("lab")]
public class DemoTests
{
    private const string Lab = "e2e-demo";
    private const int Subnet = 80;

    [Fact]
    public async Task It_holds_twice_in_a_row_and_leaves_nothing_behind()
    {
        for (var run = 0; run < 2; run++)
        {
            using var demo = Start("--json");
            var said = await demo.StandardOutput.ReadToEndAsync(Cancellation);
            await demo.WaitForExitAsync(Cancellation);

            Assert.True(demo.ExitCode == 0, said);
            var report = JsonDocument.Parse(said).RootElement;
            Assert.Equal((6, 6, 0, 0), (Number("instances"), Number("recovered"), Number("failed"), Number("splitBrain")));
            Assert.True(report.GetProperty("secondsFromRequestToLastRunning").GetDouble() > 0);
            var ledger = report.GetProperty("perInstance").EnumerateArray().Single(each => each.GetProperty("name").GetString() == "ledger");
            Assert.Equal(("node1", "node2"), (ledger.GetProperty("source").GetString(), ledger.GetProperty("target").GetString()));
            Assert.Empty(Traces.Of(Lab, Subnet));

            int Number(string name) => report.GetProperty(name).GetInt32();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task Ctrl_C_takes_everything_down_again(double secondsIntoTheStory)
    {
        using var demo = Start();
        var complaint = demo.StandardError.ReadToEndAsync(Cancellation);
        Assert.Contains("A lab of 3 hosts", await demo.StandardOutput.ReadLineAsync(Cancellation));
        var story = demo.StandardOutput.ReadToEndAsync(Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(secondsIntoTheStory), Cancellation);
        using (var kill = Process.Start("kill", ["-INT", $"{demo.Id}"]))
        {
            await kill.WaitForExitAsync(Cancellation);
        }

        await demo.WaitForExitAsync(Cancellation);

        Assert.Equal(130, demo.ExitCode);
        Assert.Contains("Interrupted", await complaint);
        Assert.DoesNotContain("exactly once", await story);
        Assert.Empty(Traces.Of(Lab, Subnet));
    }

    // The program that ./demo ends in; what it builds and publishes before is there already.
    // Whoever runs these tests in the background has SIGINT ignored, and that would be inherited.
    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "env",
        ["--default-signal=INT", Path.Combine(Repository.Root, "tests/Demo/bin/Debug/net10.0/recovery-demo"), "--lab", Lab, "--subnet", $"{Subnet}", "--port", "7080", .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["RECOVERY_EXECUTOR"] = Repository.Executor, ["RECOVERY_CONTROL_PLANE"] = Repository.ControlPlane },
    })!;
}
