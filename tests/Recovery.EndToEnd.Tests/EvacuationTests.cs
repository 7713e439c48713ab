using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>A host dies, on real hypervisors, with the published binaries and nothing simulated.</summary>
[Collection("lab")]
public class EvacuationTests
{
    [Fact]
    public async Task Guests_of_a_dead_host_run_exactly_once_more_with_their_volumes_and_what_was_off_stays_off()
    {
        await using var cluster = await Cluster.UpAsync();
        var plain = await cluster.GuestAsync("plain");
        var withVolume = await cluster.GuestAsync("orders", volume: true);
        var off = await cluster.GuestAsync("archive", volume: true, start: false);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        foreach (var guest in new[] { plain, withVolume })
        {
            var row = await cluster.InstanceAsync(recovery, guest);
            await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
        }

        var target = (await cluster.InstanceAsync(recovery, off)).GetProperty("target").GetString()!;
        Assert.Equal("shut off", (await cluster.Lab.WhereIsAsync(off.Name, Cancellation))[target]);
        Assert.Empty((await cluster.Lab.StoryAsync(off.Name, Cancellation)).Runs);

        // It can be started there by hand: its volume's secret is in place.
        await cluster.Lab.StartGuestAsync(off.Name, target, Cancellation);
        await cluster.RunsOnceOnAsync(target, off, generation: 1);
    }

    [Fact]
    public async Task A_volume_that_was_plugged_into_the_running_guest_is_plugged_in_again()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("hotplug");
        var volume = await cluster.Lab.AddVolumeAsync("late", cancellationToken: Cancellation);
        var node1 = cluster.Lab.Host("node1");
        var disk = $"""
            <disk type='network' device='disk'><driver name='qemu' type='raw'/>
              <auth username='{volume.Username}'><secret type='iscsi' usage='{volume.TargetName}'/></auth>
              <source protocol='iscsi' name='{volume.TargetName}/1'><host name='{cluster.Lab.StoragePortal.Split(':')[0]}' port='3260'/></source>
              <target dev='vdb' bus='virtio'/></disk>
            """;
        await cluster.Lab.AddGuestAsync(new("other", "node1") { Volume = "late", Start = false }, Cancellation); // leaves the secret on node1
        await node1.VirshAsync(["attach-device", guest.Name, "/dev/stdin", "--live"], disk, Cancellation);
        await cluster.ControlPlane.UntilAsync(
            $"/v1/instances/{guest.Uuid}",
            row => row.GetProperty("disks").EnumerateArray().Any(each => each.GetProperty("pluggedIn").GetBoolean()),
            TimeSpan.FromSeconds(30), Cancellation);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync(new { kind = "evacuate", instances = new[] { guest.Uuid } });
        await cluster.EndAsync(recovery);

        var row = await cluster.InstanceAsync(recovery, guest);
        var target = cluster.Lab.Host(row.GetProperty("target").GetString()!);
        var live = await target.VirshAsync(["dumpxml", guest.Name], null, Cancellation);
        var inactive = await target.VirshAsync(["dumpxml", "--inactive", guest.Name], null, Cancellation);
        Assert.Contains(volume.TargetName, live);
        Assert.DoesNotContain(volume.TargetName, inactive);
        await cluster.RunsOnceOnAsync(target.Name, guest, generation: 2);
    }

    [Fact]
    public async Task A_host_that_came_back_and_died_again_has_not_made_its_guests_count_as_shut_off()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("web1", volume: true);
        await cluster.Node1DiesAsync();
        await cluster.Lab.Host("node1").PowerOnAsync(Cancellation);
        await cluster.LivenessAsync("node1", "up");
        await cluster.ControlPlane.UntilAsync(
            $"/v1/instances/{guest.Uuid}", row => row.GetProperty("state").GetString() == "crashed", TimeSpan.FromSeconds(20), Cancellation);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        await cluster.EndAsync(recovery);

        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
    }

    [Fact]
    public async Task A_target_that_lacks_the_storage_is_never_chosen_even_when_it_is_the_only_one_left()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("ledger", storage: "pair");
        var free = await cluster.GuestAsync("free");
        await cluster.MaintenanceAsync("node2", true);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        await cluster.EndAsync(recovery);

        var row = await cluster.InstanceAsync(recovery, guest);
        Assert.Equal("unplaced", row.GetProperty("state").GetString());
        Assert.Contains($"node3 does not see storage lab-{Cluster.LabName}-pair", row.GetProperty("reason").GetString());
        Assert.Contains("node2 is in maintenance", row.GetProperty("reason").GetString());
        Assert.Equal("node3", (await cluster.InstanceAsync(recovery, free)).GetProperty("target").GetString());

        // With node2 back, retrying the one instance is enough; node2 sees the storage under another path.
        await cluster.MaintenanceAsync("node2", false);
        await cluster.RetryAsync(recovery, guest);
        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        await cluster.RunsOnceOnAsync("node2", guest, generation: 2);
        await cluster.RunsOnceOnAsync("node3", free, generation: 2);
    }

    [Fact]
    public async Task A_guest_whose_disk_vanishes_before_the_start_fails_with_the_reason_is_put_back_and_the_others_go_on()
    {
        const string Vanish = """[ "$1/$2" = doomed/prepare ] && mv /srv/shared/doomed/disk.qcow2 /srv/shared/doomed/gone; exit 0""";
        await using var cluster = await Cluster.UpAsync(hook: Vanish);
        var doomed = await cluster.GuestAsync("doomed", volume: true);
        var fine = await cluster.GuestAsync("fine", volume: true);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completedWithFailures", end.GetProperty("state").GetString());
        var row = await cluster.InstanceAsync(recovery, doomed);
        Assert.Equal("failed", row.GetProperty("state").GetString());
        Assert.Contains("/srv/shared/doomed/disk.qcow2", row.GetProperty("reason").GetString());
        await cluster.NothingIsLeftOfAsync(doomed);
        var other = await cluster.InstanceAsync(recovery, fine);
        await cluster.RunsOnceOnAsync(other.GetProperty("target").GetString()!, fine, generation: 2);

        // The operator brings the disk back and retries this one alone; it vanishes at no check any more.
        var storage = cluster.Lab.StorageDirectory("shared");
        foreach (var host in cluster.Lab.Hosts.Skip(1))
        {
            await host.ExecAsync(["rm", "/etc/libvirt/hooks/qemu"], null, Cancellation);
            await host.ExecAsync(["bash", "-c", "printf '#!/bin/bash\nexit 0\n' > /etc/libvirt/hooks/qemu; chmod +x /etc/libvirt/hooks/qemu"], null, Cancellation);
        }

        File.Move($"{storage}/doomed/gone", $"{storage}/doomed/disk.qcow2");
        await cluster.RetryAsync(recovery, doomed);
        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        row = await cluster.InstanceAsync(recovery, doomed);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, doomed, generation: 2);
    }

    [Fact]
    public async Task A_disk_that_is_missing_is_found_before_anything_is_defined()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("lost", volume: true);
        await cluster.Node1DiesAsync();
        File.Move($"{cluster.Lab.StorageDirectory("shared")}/lost/disk.qcow2", $"{cluster.Lab.StorageDirectory("shared")}/lost/elsewhere");

        var recovery = await cluster.EvacuateAsync();
        await cluster.EndAsync(recovery);

        var row = await cluster.InstanceAsync(recovery, guest);
        Assert.Equal("failed", row.GetProperty("state").GetString());
        Assert.Contains("lost/disk.qcow2", row.GetProperty("reason").GetString());
        var events = await cluster.EventsAsync(recovery);
        Assert.Contains(events, line => line.Contains("\"step\":\"disconnect\""));
        Assert.DoesNotContain(events, line => line.Contains("\"step\":\"define\""));
        await cluster.NothingIsLeftOfAsync(guest);
    }
}
