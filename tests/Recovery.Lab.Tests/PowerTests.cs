namespace Recovery.Labs.Tests;

public class PowerTests : GivenALab
{
    [Fact]
    public async Task given_a_guest_with_a_volume_when_its_host_loses_power_then_it_is_silent_and_can_start_elsewhere_once_more()
    {
        await using var lab = await ALabAsync();
        await lab.AddVolumeAsync("data", cancellationToken: Cancel);
        await lab.AddGuestAsync(new GuestOptions("g1", "node1") { Volume = "data" }, Cancel);
        var first = (await BeatsOnAsync(lab, "g1", 0)).LastRun!;
        Assert.Equal((1, "81"), (first.Generation, first.Drive));

        var node1 = lab.Host("node1");
        var processes = node1.Processes();
        Assert.Contains(processes, p => p.Command.StartsWith("/usr/bin/qemu-system-x86_64", StringComparison.Ordinal));
        await node1.PowerOffAsync(Cancel);
        AssertAllGone(processes);
        Assert.False(node1.IsOn);
        Assert.Empty(node1.Processes());
        var atPowerOff = await lab.StoryAsync("g1", Cancel);
        await Task.Delay(2500, Cancel);
        Assert.Equal(atPowerOff.LastBeat, (await lab.StoryAsync("g1", Cancel)).LastBeat);

        await node1.PowerOnAsync(Cancel);
        Assert.Equal("shut off", (await lab.WhereIsAsync("g1", Cancel))["node1"]);

        await lab.DefineGuestAsync("g1", "node2", Cancel);
        await lab.StartGuestAsync("g1", "node2", Cancel);
        var story = await lab.StoryAsync("g1", s => s.Runs.Count == 2 && s.LastBeat > 0, Soon, Cancel);
        Assert.Equal(2, story.Generation);
        Assert.NotEqual(first.Token, story.LastRun!.Token);
        Assert.Empty(story.Faults);
        Assert.Equal("running", (await lab.WhereIsAsync("g1", Cancel))["node2"]);
    }

    [Fact]
    public async Task given_a_host_without_power_when_it_is_switched_off_and_on_twice_then_each_is_as_good_as_once()
    {
        await using var lab = await ALabAsync();
        var node1 = lab.Host("node1");
        await node1.PowerOffAsync(Cancel);
        await node1.PowerOffAsync(Cancel);
        await node1.PowerOnAsync(Cancel);
        var processes = node1.Processes();
        await node1.PowerOnAsync(Cancel);
        Assert.Equal(processes.First(p => p.PidInside == 1), node1.Processes().First(p => p.PidInside == 1));
        await node1.PowerOffAsync(Cancel);
        var refusal = await Assert.ThrowsAsync<LabException>(() => node1.VirshAsync(["list"], null, Cancel));
        Assert.Contains("node1 is off", refusal.Message, StringComparison.Ordinal);
    }
}
