using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

/// <summary>On which storage Nova's instances are, and where in it.</summary>
public sealed class InstancesStorageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/var/lib/nova/instances", "inner ")]
    [InlineData("/var/lib/nova/instances/", "inner ")]
    [InlineData("/var/lib/nova/instances/zone/a", "inner zone/a")]
    [InlineData("/var/lib/nova/instances2", "outer nova/instances2")]
    [InlineData("/var/lib", "outer ")]
    [InlineData("/var/library", "none")]
    [InlineData("/srv", "none")]
    [InlineData("/", "none")]
    [InlineData("", "none")]
    public void The_innermost_storage_that_has_the_path_counts(string path, string expected)
    {
        StorageView[] storages = [new("outer", "/var/lib/", 1, 1), new("inner", "/var/lib/nova/instances", 1, 1)];

        Assert.Equal(expected, InstancesStorage.On(storages, path) is { } found ? $"{found.StorageId} {found.PathInStorage}" : "none");
    }

    [Fact]
    public void The_root_may_be_a_storage() =>
        Assert.Equal(new InstancesStorage("/nova/instances", "all", "nova/instances"), InstancesStorage.On([new("all", "/", 1, 1)], "/nova/instances"));

    [Fact]
    public async Task What_a_host_tells_of_it_is_kept_for_when_it_is_dead()
    {
        using var database = new TemporaryDatabase();
        var liveness = new LivenessBoard(TimeProvider.System);
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        using (var recorder = new ReportRecorder(
            database, liveness, new ControlPlane.Inventory.Libvirt.BelongingKeeper(), new InventoryChanges(), TimeProvider.System, new LogBook<ReportRecorder>()))
        {
            await recorder.RecordAsync(Some.Report("node1") with { InstancesPath = "/srv/node1/nova", InitiatorName = "iqn.2026-03.test:node1" }, Cancel);
        }

        var cluster = await new ReportedClusterReader(database, liveness).ReadAsync(null, Cancel);

        Assert.Equal(new InstancesStorage("/srv/node1/nova", "nfs-1", "nova"), Assert.Single(cluster.InstancesStorages, each => each.Key == "node1").Value);
        Assert.DoesNotContain("node2", cluster.InstancesStorages.Keys);
        Assert.Equal("iqn.2026-03.test:node1", await database.ReadAsync(each => each.Hosts.Where(row => row.Name == "node1").Select(row => row.InitiatorName).SingleAsync(Cancel)));
    }
}
