using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>Our own book of where instances belong follows Nova, and nobody else.</summary>
public sealed class CloudBelongingTests : IAsyncLifetime
{
    private static readonly Guid Stranger = Guid.Parse("99999999-9999-4999-8999-999999999999");

    private readonly TemporaryDatabase database = new();
    private readonly InventoryHealth health = new();
    private readonly LogBook<CloudBelonging> log = new();
    private CloudDatabases cloud = null!;
    private CloudBelonging belonging = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await CloudDatabases.StartAsync("before", Cancel);
        belonging = new CloudBelonging(
            new CloudBook(database, new InstanceHostsReader(new CloudConnections(cloud.Options)), TimeProvider.System),
            health, new InventoryChanges(), TimeProvider.System, log);
    }

    public async ValueTask DisposeAsync()
    {
        belonging.Dispose();
        await cloud.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task What_Nova_has_on_a_host_comes_to_be_known_and_moves_and_goes_with_it()
    {
        Assert.True(await belonging.FollowAsync(Cancel));
        Assert.Equal("vm-1 node1, vm-2 node1, vm-3 node1", await BookAsync());
        Assert.False(await belonging.FollowAsync(Cancel));
        Assert.Equal("", health.Fault);

        await cloud.ExecuteAsync(
            "nova",
            """
            UPDATE instances SET host = 'node2', node = 'node2' WHERE display_name = 'vm-1';
            UPDATE instances SET deleted = id WHERE display_name = 'vm-2';
            UPDATE instances SET host = NULL, node = NULL, vm_state = 'shelved_offloaded' WHERE display_name = 'vm-3';
            """);
        Assert.True(await belonging.FollowAsync(Cancel));
        Assert.Equal("vm-1 node2", await BookAsync());
        Assert.Contains(log.Lines, line => line.Text.Contains("0 instances came to be known, 1 moved without Recovery, and 2 are on no host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_live_recovery_holds_its_own_commit_moves()
    {
        await belonging.FollowAsync(Cancel);
        var id = await IdAsync("vm-1");
        await database.AddAsync(new RecoveryLockRow { Subject = RecoveryLockRow.ForInstance(id), RecoveryId = Guid.NewGuid() });
        await cloud.ExecuteAsync("nova", "UPDATE instances SET host = 'node2' WHERE display_name = 'vm-1'");

        Assert.False(await belonging.FollowAsync(Cancel));
        Assert.Equal("vm-1 node1, vm-2 node1, vm-3 node1", await BookAsync());

        await cloud.ExecuteAsync("nova", "UPDATE instances SET deleted = id WHERE display_name = 'vm-1'");
        Assert.False(await belonging.FollowAsync(Cancel));
    }

    // Nova's answer is as old as its question: what a recovery committed meanwhile is newer.
    [Fact]
    public async Task What_changes_in_the_book_while_Nova_is_asked_stays()
    {
        await belonging.FollowAsync(Cancel);
        var id = await IdAsync("vm-1");
        await cloud.ExecuteAsync("nova", "UPDATE instances SET host = 'node3' WHERE display_name = 'vm-1'; UPDATE instances SET deleted = id WHERE display_name = 'vm-2'");
        var late = new CloudBook(
            new Meanwhile(database, async each =>
            {
                await each.Instances.ExecuteUpdateAsync(
                    row => row.SetProperty(one => one.Host, "node2").SetProperty(one => one.Since, Some.Moment.AddYears(50)), Cancel);
            }),
            new InstanceHostsReader(new CloudConnections(cloud.Options)), TimeProvider.System);

        var (changes, _) = await late.FollowAsync(Cancel);

        Assert.Equal(new BookChanges(0, 0, 0), changes);
        Assert.Equal("node2", await HostAsync(id));
        Assert.Equal(3, await database.ReadAsync(each => each.Instances.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Of_a_cell_that_can_not_be_read_nothing_changes_and_it_is_said_once()
    {
        await belonging.FollowAsync(Cancel);
        await cloud.ExecuteAsync(
            "nova_api", "UPDATE cell_mappings SET database_connection = 'mysql+pymysql://nova:hunter2@127.0.0.1:1/nova' WHERE name = 'cell1'");
        await database.AddAsync(Some.Instance(Stranger, "node1"));

        Assert.True(await belonging.FollowAsync(Cancel));
        Assert.False(await belonging.FollowAsync(Cancel));

        // No cell has it, nor may have.
        Assert.Null(await HostAsync(Stranger));
        Assert.Equal("vm-1 node1, vm-2 node1, vm-3 node1", await BookAsync());
        Assert.StartsWith("Which instances are on which hosts of cell cell1 is not known: ", health.Fault, StringComparison.Ordinal);
        Assert.Single(log.Lines, line => line.Level == LogLevel.Error);
        Assert.DoesNotContain("hunter2", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_nova_api_nothing_changes_until_it_is_back()
    {
        await belonging.FollowAsync(Cancel);
        await cloud.ExecuteAsync("mysql", "RENAME TABLE nova_api.cell_mappings TO nova_api.away");
        for (var times = 0; times < 4; times++)
        {
            Assert.False(await belonging.FollowAsync(Cancel));
        }

        Assert.Equal("vm-1 node1, vm-2 node1, vm-3 node1", await BookAsync());
        var errors = log.Lines.Where(line => line.Level == LogLevel.Error).ToList();
        Assert.NotEmpty(errors);
        Assert.Equal(errors.Distinct(), errors);

        await cloud.ExecuteAsync("mysql", "RENAME TABLE nova_api.away TO nova_api.cell_mappings");
        await belonging.FollowAsync(Cancel);
        Assert.Equal("", health.Fault);
        Assert.Contains(log.Lines, line => line.Text == "The cloud can be read again.");
    }

    [Fact]
    public async Task What_executors_report_claims_moves_and_forgets_nothing_and_two_copies_are_an_alarm_all_the_same()
    {
        var liveness = new LivenessBoard(TimeProvider.System);
        using var recorder = new ReportRecorder(
            database, liveness, new ReportsDecideNothing(), new InventoryChanges(), TimeProvider.System, new LogBook<ReportRecorder>());
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await belonging.FollowAsync(Cancel);
        var (web, mail) = (await IdAsync("vm-1"), await IdAsync("vm-2"));
        liveness.Heard("node1", "");
        liveness.Heard("node2", "");

        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Stranger), Some.Domain("node1", web, DomainState.ShutOff)), Cancel);
        await recorder.RecordAsync(Some.Report("node2", Some.Domain("node2", web), Some.Domain("node2", mail)), Cancel);
        Assert.Equal("vm-1 node1, vm-2 node1, vm-3 node1", await BookAsync());
        Assert.Empty(await database.ReadAsync(each => each.Alarms.ToListAsync(Cancel)));

        await recorder.RecordAsync(Some.Domain("node1", web), Cancel);
        Assert.Equal(web, Assert.Single(await database.ReadAsync(each => each.Alarms.ToListAsync(Cancel))).InstanceId);
    }

    private async Task<Guid> IdAsync(string name) => Guid.Parse($"{Assert.Single(
        await cloud.QueryAsync("nova", $"SELECT uuid FROM instances WHERE display_name = '{name}'"))["uuid"]}");

    private Task<string?> HostAsync(Guid id) => database.ReadAsync(each =>
        each.Instances.Where(row => row.Id == id).Select(row => (string?)row.Host).SingleOrDefaultAsync(Cancel));

    private async Task<string> BookAsync()
    {
        var names = (await cloud.QueryAsync("nova", "SELECT uuid, display_name FROM instances"))
            .ToDictionary(row => Guid.Parse($"{row["uuid"]}"), row => $"{row["display_name"]}");
        var rows = await database.ReadAsync(each => each.Instances.ToListAsync(Cancel));
        return string.Join(", ", rows.Select(row => $"{names[row.Id]} {row.Host}").Order(StringComparer.Ordinal));
    }

    /// <summary>Something happens after the book was read, and before it is written.</summary>
    private sealed class Meanwhile(TemporaryDatabase database, Func<Persistence.RecoveryDbContext, Task> happens)
        : IDbContextFactory<Persistence.RecoveryDbContext>
    {
        private int opened;

        public Persistence.RecoveryDbContext CreateDbContext()
        {
            if (++opened == 2)
            {
                using var context = database.CreateDbContext();
                happens(context).GetAwaiter().GetResult();
            }

            return database.CreateDbContext();
        }
    }
}
