using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Inventory;
using static Recovery.ControlPlane.Tests.OpenStack.NovaCloud;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>A cloud as the planner sees it, of its databases and of what executors told.</summary>
public sealed class NovaInventorySnapshotTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_Novas_with_what_the_executors_told_of_it()
    {
        await using var cloud = await NovaCloud.StartAsync();
        var domain = Some.Domain("node1", Vm1);
        domain.Disks =
        [
            new Disk { Target = "vda", File = new HostFile("disk", $"/var/lib/nova/instances/{Vm1}/disk", "shared", $"instances/{Vm1}/disk", "qcow2") },
            new Disk { Target = "vdb", File = new HostFile("disk", $"/var/lib/nova/mnt/0a/volume-{Volume}", "", "") },
        ];
        await cloud.TellAsync("node1", domain);
        await cloud.TellAsync("node2");

        var seen = await cloud.Inventory.SnapshotAsync(null, Cancellation);

        Assert.Equal(["node1", "node2", "node3"], seen.Hosts.Select(host => host.Name));
        Assert.Equal([HostLiveness.Up, HostLiveness.Up, HostLiveness.NeverSeen], seen.Hosts.Select(host => host.Liveness));
        Assert.Equal(["vm-1", "vm-2", "vm-3"], seen.Instances.Select(instance => instance.Name));
        var instance = seen.Instances[0];
        Assert.Equal(("", 96), (instance.Obstacle, instance.MemoryMib));
        Assert.Equal("shared", instance.Disks[0].File!.StorageId);
        Assert.Equal((new ShareFile("10.77.0.1:/export", "", $"volume-{Volume}", "raw"), null), (instance.Disks[1].Share, instance.Disks[1].File));
        Assert.Empty(seen.Faults);
    }

    // Placement counts what is off.
    [Fact]
    public async Task What_another_recovery_promised_of_a_stopped_one_is_promised()
    {
        await using var cloud = await NovaCloud.StartAsync();
        var (recovery, _) = Some.Recovery(Vm1, "node1", "node2", intent: PowerIntent.StayOff);
        recovery.Instances[0].Instance = recovery.Instances[0].Instance with { HoldsRoomWhenOff = true };
        await cloud.Reports.AddAsync(recovery);

        Assert.Equal(("node2", Vm1), Assert.Single((await cloud.Inventory.SnapshotAsync(null, Cancellation)).Reservations.Select(each => (each.Host, each.Instance))));
        Assert.Empty((await cloud.Inventory.SnapshotAsync(recovery.Id, Cancellation)).Reservations);
    }

    [Fact]
    public async Task What_of_it_can_not_be_read_is_said()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync("mysql", "DROP DATABASE cinder");

        var seen = await cloud.Inventory.SnapshotAsync(null, Cancellation);

        Assert.StartsWith("Whether volumes are encrypted", Assert.Single(seen.Faults), StringComparison.Ordinal);
        Assert.Equal(3, seen.Instances.Count);
    }

    [Fact]
    public async Task A_cloud_that_can_not_be_read_is_no_empty_one()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync("mysql", "DROP DATABASE placement");

        var failure = await Assert.ThrowsAsync<InventoryUnreachableException>(() => cloud.Inventory.SnapshotAsync(null, Cancellation));
        Assert.Contains("placement", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => cloud.Inventory.DefinitionsAsync([Vm1], Cancellation));
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation));
    }
}
