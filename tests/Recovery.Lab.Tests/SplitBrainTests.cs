namespace Recovery.Labs.Tests;

public class SplitBrainTests : GivenALab
{
    [Fact]
    public async Task given_a_running_guest_when_a_second_one_starts_over_its_volume_then_the_first_says_split_brain()
    {
        await using var lab = await ALabAsync();
        await lab.AddVolumeAsync("data", cancellationToken: Cancel);
        await lab.AddGuestAsync(new GuestOptions("g1", "node1") { Volume = "data" }, Cancel);
        Assert.False((await BeatsOnAsync(lab, "g1", 0)).SplitBrain);

        await lab.AddGuestAsync(new GuestOptions("g1-copy", "node2") { Volume = "data" }, Cancel);
        var first = await lab.StoryAsync("g1", s => s.SplitBrain, Soon, Cancel);
        Assert.True(first.LastRun!.SplitBrain);
        var copy = await BeatsOnAsync(lab, "g1-copy", 0);
        Assert.Equal((2, false), (copy.Generation, copy.SplitBrain));
    }

    [Fact]
    public async Task given_a_guest_on_shared_storage_when_it_is_started_twice_then_qemu_refuses_the_second_by_its_image_lock()
    {
        await using var lab = await ALabAsync();
        await lab.AddGuestAsync(new GuestOptions("g1", "node1"), Cancel);
        await lab.DefineGuestAsync("g1", "node2", Cancel);
        var refusal = await Assert.ThrowsAsync<LabException>(() => lab.StartGuestAsync("g1", "node2", Cancel));
        Assert.Contains("On node2: `virsh", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("write\" lock", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task given_somebodys_data_on_a_volume_when_a_canary_starts_over_it_then_it_does_not_write()
    {
        await using var lab = await ALabAsync();
        var volume = await lab.AddVolumeAsync("data", cancellationToken: Cancel);
        var file = $"/var/lib/recovery-lab/{Name}/volumes/{volume.Name}.raw";
        var data = new byte[4096];
        new Random(1).NextBytes(data);
        await using (var writer = File.OpenWrite(file)) await writer.WriteAsync(data, Cancel);

        await lab.AddGuestAsync(new GuestOptions("g1", "node1") { Volume = "data" }, Cancel);
        var story = await lab.StoryAsync("g1", s => s.Faults.Count > 0, Soon, Cancel);
        Assert.Equal("FOREIGN", Assert.Single(story.Faults));
        Assert.Empty(story.Runs);
        Assert.Equal(data, (await File.ReadAllBytesAsync(file, Cancel))[..data.Length]);
    }
}
