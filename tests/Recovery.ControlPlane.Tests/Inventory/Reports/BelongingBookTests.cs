using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

/// <summary>What a recovery's commit writes into our own book. The rest of it LibvirtInventoryTests tell.</summary>
public sealed class BelongingBookTests : IDisposable
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private readonly TemporaryDatabase database = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData(DomainState.Running, "node1 Running, node2 Running")]
    [InlineData(null, "node1 Running")] // its target's libvirt has nothing of it, as of what is stopped in a cloud
    public async Task An_instance_that_moved_has_on_its_target_what_that_has(DomainState? onTarget, string domains)
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), Some.Domain("node1", Web), Some.Instance(Web, "node1"));
        var book = new BelongingBook(database, new InventoryChanges(), TimeProvider.System);

        Assert.True(await book.MoveAsync(Web, "node1", "node2", onTarget, Cancel));
        Assert.True(await book.MoveAsync(Web, "node1", "node2", onTarget, Cancel));
        Assert.False(await book.MoveAsync(Web, "node1", "node3", onTarget, Cancel));

        Assert.Equal("node2", await database.ReadAsync(each => each.Instances.Select(row => row.Host).SingleAsync(Cancel)));
        var rows = await database.ReadAsync(each => each.Domains.OrderBy(row => row.Host).ToListAsync(Cancel));
        Assert.Equal(domains, string.Join(", ", rows.Select(row => $"{row.Host} {row.State}")));
    }
}
