using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>An instance never runs twice: unknown is not dead.</summary>
[Collection("lab")]
public class SafetyTests
{
    [Fact]
    public async Task A_host_that_is_only_cut_off_is_waited_for_and_nothing_starts_without_a_proof()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        var recovery = await cluster.EvacuateAsync();
        var waiting = await cluster.UntilStateAsync(recovery, "awaitingProof");
        var beat = (await cluster.Lab.StoryAsync(guest.Name, Cancellation)).LastBeat;
        var story = await cluster.Lab.StoryAsync(
            guest.Name, each => each.LastBeat >= beat + 3, TimeSpan.FromSeconds(30), Cancellation);

        Assert.Contains("Waiting for a proof that node1 is off", waiting.GetProperty("reason").GetString());
        Assert.Contains("attestations", waiting.GetProperty("reason").GetString());
        Assert.Equal((1, false), (story.Generation, story.SplitBrain));
        Assert.Equal(["node1"], (await cluster.Lab.WhereIsAsync(guest.Name, Cancellation)).Keys);

        // An operator goes there, pulls the cord, and says so.
        await cluster.Lab.Host("node1").PowerOffAsync(Cancellation);
        await cluster.PostAsync(
            "/v1/hosts/node1/attestations", new { who = "Ada", reason = "I pulled its cord.", expiresInMinutes = 30 });
        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
    }

    [Fact]
    public async Task A_fence_agent_switches_the_cut_off_host_off_before_anything_starts_elsewhere()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        var recovery = await cluster.EvacuateAsync();

        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        Assert.False(cluster.Lab.Host("node1").IsOn);
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
    }

    [Fact]
    public async Task A_host_that_comes_back_while_it_is_waited_for_ends_the_recovery_untouched()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");
        var recovery = await cluster.EvacuateAsync();
        await cluster.UntilStateAsync(recovery, "awaitingProof");

        await cluster.Lab.Host("node1").JoinAsync(Cancellation);
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("failed", end.GetProperty("state").GetString());
        Assert.Contains("alive again", end.GetProperty("reason").GetString());
        await cluster.RunsOnceOnAsync("node1", guest, generation: 1);
    }

    [Fact]
    public async Task A_living_host_is_not_evacuated()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("alive");

        var refused = await Assert.ThrowsAsync<LabException>(() => cluster.EvacuateAsync());

        Assert.Contains("→ 409", refused.Message);
        Assert.Contains("drain", refused.Message);
        await cluster.RunsOnceOnAsync("node1", guest, generation: 1);
    }
}
