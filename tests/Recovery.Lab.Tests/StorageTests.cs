namespace Recovery.Labs.Tests;

public class StorageTests : GivenALab
{
    [Fact]
    public async Task given_a_storage_that_only_some_hosts_share_then_each_sees_it_at_its_own_path_and_the_others_not_at_all()
    {
        // Not nova's own path: the machine that runs this may have a Nova installed.
        var deep = $"/var/lib/labtest-{Guid.NewGuid():N}";
        var pair = new StorageOption("pair") { SeenBy = new Dictionary<string, string> { ["node1"] = "/srv/pair", ["node2"] = $"{deep}/instances" } };
        await using var lab = await Lab.UpAsync(Options with { Hosts = 3, Storages = [new("shared"), pair] }, Cancel);

        Assert.Equal("lab-labtest-pair\n", await ReadAsync(lab, "node1", "/srv/pair/.recovery-storage-id"));
        Assert.Equal("lab-labtest-pair\n", await ReadAsync(lab, "node2", $"{deep}/instances/.recovery-storage-id"));
        Assert.Equal("lab-labtest-shared\n", await ReadAsync(lab, "node3", "/srv/shared/.recovery-storage-id"));
        // The lab's own state would show it under another path.
        var search = await lab.Host("node3").ExecAsync(["find", "/srv", "/mnt", "/var/lib", "/run", "-name", ".recovery-storage-id"], null, Cancel);
        Assert.Equal("/srv/shared/.recovery-storage-id", search.Output.Trim());
        Assert.False(Directory.Exists(deep), "a mount point was left in the real file system");

        await lab.AddGuestAsync(new GuestOptions("g1", "node2") { Storage = "pair" }, Cancel);
        await BeatsOnAsync(lab, "g1", 0);
        var refusal = await Assert.ThrowsAsync<LabException>(() => lab.DefineGuestAsync("g1", "node3", Cancel));
        Assert.Contains("node3 does not see storage \"pair\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task given_a_volume_when_somebody_comes_without_its_password_then_the_target_refuses()
    {
        await using var lab = await ALabAsync();
        var volume = await lab.AddVolumeAsync("data", 4, Cancel);
        Assert.Equal(LabState.Private, File.GetUnixFileMode(lab.ChapFile));
        var account = Assert.Single(await LabState.ReadJsonAsync<List<ChapAccount>>(lab.ChapFile, Cancel));
        Assert.Equal((volume.TargetName, volume.Username), (account.TargetName, account.Username));

        var lun = $"{lab.StoragePortal}/{volume.TargetName}/{LabVolume.Lun}";
        Assert.NotEqual(0, (await Tool.TryAsync("qemu-img", ["info", $"iscsi://{lun}"], Cancel)).ExitCode);
        var welcome = await Tool.TryAsync("qemu-img", ["info", $"iscsi://{account.Username}%{account.Password}@{lun}"], Cancel);
        Assert.Equal((0, ""), (welcome.ExitCode, welcome.Error));
        Assert.Contains("4 MiB", welcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task given_many_guests_when_all_are_added_at_once_then_each_has_its_own_volume_and_all_run()
    {
        await using var lab = await ALabAsync();
        var names = Enumerable.Range(1, 8).Select(i => $"g{i}").ToList();
        await Task.WhenAll(names.Select(async (name, i) =>
        {
            await lab.AddVolumeAsync(name, 1, Cancel);
            await lab.AddGuestAsync(new GuestOptions(name, $"node{1 + (i % 2)}") { Volume = name, Machine = i % 4 == 0 ? "q35" : "pc" }, Cancel);
        }));
        foreach (var name in names)
        {
            var story = await BeatsOnAsync(lab, name, 0);
            Assert.Equal((1, "81", false), (story.Generation, story.LastRun!.Drive, story.SplitBrain));
        }

        var listing = await lab.ListAsync(Cancel);
        Assert.Equal(8, listing.Guests.Count(g => g.On.Values.Single() == "running"));
        Assert.Equal(8, listing.Volumes.Select(v => v.TargetName).Distinct().Count());
    }

    private static async Task<string> ReadAsync(Lab lab, string host, string path) =>
        (await lab.Host(host).ExecAsync(["cat", path], null, Cancel)).Output;
}
