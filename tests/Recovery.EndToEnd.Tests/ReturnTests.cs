using System.Text.Json;
using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>A host comes back: after it was recovered from, and after no more than a reboot.</summary>
[Collection("lab")]
public class ReturnTests
{
    [Fact]
    public async Task A_host_that_is_back_starts_nothing_that_runs_elsewhere_forgets_it_and_takes_guests_again()
    {
        await using var cluster = await Cluster.UpAsync();
        LabGuest[] guests = [await cluster.GuestAsync("plain"), await cluster.GuestAsync("orders", volume: true)];
        foreach (var guest in guests)
        {
            await AutostartAsync(cluster, guest);
        }

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        var quarantined = await cluster.ControlPlane.GetAsync("/v1/hosts/node1", Cancellation);
        Assert.True(quarantined.GetProperty("quarantined").GetBoolean());
        Assert.Contains(recovery, quarantined.GetProperty("quarantineReason").GetString());

        await cluster.Lab.Host("node1").PowerOnAsync(Cancellation);
        await cluster.ControlPlane.UntilAsync(
            "/v1/hosts/node1", row => !row.GetProperty("quarantined").GetBoolean(), TimeSpan.FromSeconds(90), Cancellation);

        Assert.Empty(await cluster.Lab.Host("node1").DomainsAsync(Cancellation));
        foreach (var guest in guests)
        {
            var target = (await cluster.InstanceAsync(recovery, guest)).GetProperty("target").GetString()!;
            await cluster.RunsOnceOnAsync(target, guest, generation: 2);
        }

        var resume = await ResumeAsync(cluster);
        Assert.Equal("completed", resume.GetProperty("state").GetString());
        Assert.Contains(
            await cluster.EventsAsync(resume.GetProperty("id").GetString()!),
            line => line.Contains("quarantine of node1 is over", StringComparison.Ordinal));
        Assert.Empty((await cluster.ControlPlane.GetAsync("/v1/alarms", Cancellation)).GetProperty("items").EnumerateArray());

        // It takes guests again: node1 is the only host that may take those of the next one to die.
        var next = (await cluster.InstanceAsync(recovery, guests[0])).GetProperty("target").GetString()!;
        await cluster.MaintenanceAsync(next == "node2" ? "node3" : "node2", enabled: true);
        await cluster.Lab.Host(next).PowerOffAsync(Cancellation);
        await cluster.SilentAsync(next);
        var again = await cluster.EvacuateAsync(new { kind = "evacuate", hosts = new[] { next } });
        Assert.Equal("completed", (await cluster.EndAsync(again)).GetProperty("state").GetString());
        await cluster.RunsOnceOnAsync("node1", guests[0], generation: 3);
    }

    [Fact]
    public async Task A_host_that_was_only_rebooted_has_its_guests_started_as_their_owners_want()
    {
        await using var cluster = await Cluster.UpAsync();
        var starts = await cluster.GuestAsync("starts", volume: true);
        var waits = await cluster.GuestAsync("waits");
        var off = await cluster.GuestAsync("off", start: false);
        await AutostartAsync(cluster, starts);
        await AutostartAsync(cluster, off);

        await cluster.Node1DiesAsync();
        await cluster.Lab.Host("node1").PowerOnAsync(Cancellation);

        await cluster.RunsOnceOnAsync("node1", starts, generation: 2);
        var resume = await ResumeAsync(cluster);
        Assert.Equal("completed", resume.GetProperty("state").GetString());
        Assert.False((await cluster.ControlPlane.GetAsync("/v1/hosts/node1", Cancellation)).GetProperty("quarantined").GetBoolean());
        Assert.Equal("shut off", (await cluster.Lab.WhereIsAsync(waits.Name, Cancellation))["node1"]);
        Assert.Equal("shut off", (await cluster.Lab.WhereIsAsync(off.Name, Cancellation))["node1"]);

        // What ran without that flag is started when somebody asks; what its owner had shut off is not.
        var asked = await cluster.EvacuateAsync(new { kind = "resume", hosts = new[] { "node1" } });
        Assert.Equal("completed", (await cluster.EndAsync(asked)).GetProperty("state").GetString());
        await cluster.RunsOnceOnAsync("node1", waits, generation: 2);
        await cluster.RunsOnceOnAsync("node1", starts, generation: 2);
        Assert.Empty((await cluster.Lab.StoryAsync(off.Name, Cancellation)).Runs);
    }

    // libvirt's own flag is gone once the executor keeps it.
    private static async Task AutostartAsync(Cluster cluster, LabGuest guest)
    {
        var node1 = cluster.Lab.Host("node1");
        await node1.VirshAsync(["autostart", guest.Name], null, Cancellation);
        for (var second = 0; ; second++)
        {
            var told = await node1.VirshAsync(["dominfo", guest.Name], null, Cancellation);
            if (told.Split('\n').Any(line => line.StartsWith("Autostart:", StringComparison.Ordinal) && line.Contains("disable", StringComparison.Ordinal)))
            {
                return;
            }

            Assert.True(second < 60, "The executor does not take the autostart flag into its keeping.");
            await Task.Delay(1000, Cancellation);
        }
    }

    private static async Task<JsonElement> ResumeAsync(Cluster cluster)
    {
        var page = await cluster.ControlPlane.UntilAsync(
            "/v1/recoveries",
            all => all.GetProperty("items").EnumerateArray().Any(row => row.GetProperty("kind").GetString() == "resume"
                && row.GetProperty("state").GetString() is "completed" or "completedWithFailures" or "failed"),
            TimeSpan.FromSeconds(60), Cancellation);
        return page.GetProperty("items").EnumerateArray().First(row => row.GetProperty("kind").GetString() == "resume");
    }
}
