namespace Recovery.Labs.Tests;

public class CableTests : GivenALab
{
    [Fact]
    public async Task given_a_host_that_is_cut_then_nobody_reaches_it_its_guests_run_on_and_joining_undoes_it()
    {
        await using var lab = await ALabAsync();
        var node1 = lab.Host("node1");
        await lab.AddGuestAsync(new GuestOptions("g1", "node1"), Cancel);
        Assert.True(await IsReachedAsync(node1));

        await node1.CutAsync(cancellationToken: Cancel);
        Assert.Equal(Cut.Everything, node1.WhatIsCut);
        Assert.False(await IsReachedAsync(node1));
        await BeatsOnAsync(lab, "g1", (await lab.StoryAsync("g1", Cancel)).LastBeat);

        await node1.JoinAsync(Cancel);
        Assert.Null(node1.WhatIsCut);
        Assert.True(await IsReachedAsync(node1));
    }

    [Fact]
    public async Task given_a_host_that_is_cut_but_for_storage_then_nobody_reaches_it_and_its_guest_goes_on_with_its_volume()
    {
        await using var lab = await ALabAsync();
        var node1 = lab.Host("node1");
        await lab.AddVolumeAsync("data", cancellationToken: Cancel);
        await lab.AddGuestAsync(new GuestOptions("g1", "node1") { Volume = "data" }, Cancel);
        await BeatsOnAsync(lab, "g1", 0);

        await node1.CutAsync(Cut.ButStorage, Cancel);
        Assert.False(await IsReachedAsync(node1));
        await BeatsOnAsync(lab, "g1", (await lab.StoryAsync("g1", Cancel)).LastBeat);

        await node1.CutAsync(Cut.Everything, Cancel);
        await Task.Delay(1500, Cancel);
        var hung = (await lab.StoryAsync("g1", Cancel)).LastBeat;
        await Task.Delay(2500, Cancel);
        Assert.Equal(hung, (await lab.StoryAsync("g1", Cancel)).LastBeat);

        await node1.JoinAsync(Cancel);
        Assert.True(await IsReachedAsync(node1));
        await BeatsOnAsync(lab, "g1", hung);
    }

    [Theory]
    [InlineData(Cut.Everything)]
    [InlineData(Cut.ButStorage)]
    public async Task given_a_host_that_is_cut_when_its_power_is_cycled_then_it_is_still_cut(Cut cut)
    {
        await using var lab = await ALabAsync();
        var node1 = lab.Host("node1");
        await node1.CutAsync(cut, Cancel);
        await node1.PowerOffAsync(Cancel);
        await node1.PowerOnAsync(Cancel);
        Assert.Equal(cut, node1.WhatIsCut);
        Assert.False(await IsReachedAsync(node1));
        await node1.JoinAsync(Cancel);
        Assert.True(await IsReachedAsync(node1));
    }
}
