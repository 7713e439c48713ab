using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Somebody else is faster, between what an operator's request has read and what it writes.</summary>
public sealed class OperatorRaceTests : IAsyncLifetime, IDbContextFactory<RecoveryDbContext>
{
    private static readonly OperatorWord Ada = new("Ada Park", "the storage is slow");
    private readonly string file = Path.Combine(Path.GetTempPath(), $"recovery-{Guid.NewGuid():N}.db");
    private readonly RunnerSignal signal = new();
    private readonly Guid id = Guid.CreateVersion7();
    private Rival rival = new("", 0);

    public async ValueTask InitializeAsync()
    {
        await using var database = CreateDbContext();
        await database.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        database.Recoveries.Add(Rows.Recovery(id, RecoveryState.Recovering, DateTimeOffset.UtcNow, "node1"));
        database.RecoveryInstances.Add(Rows.Instance(id, Rows.Web1, "web1", InstanceState.Waiting));
        await database.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(file);
        return ValueTask.CompletedTask;
    }

    public RecoveryDbContext CreateDbContext() => new(
        new DbContextOptionsBuilder<RecoveryDbContext>().UseSqlite($"Data Source={file}").AddInterceptors(rival).Options);

    /// <summary>What may change under an operator's hands, and that it is seen.</summary>
    [Theory]
    [InlineData("UPDATE Recoveries SET Paused = 1")]
    [InlineData("UPDATE Recoveries SET Cancel = 'PutBack'")]
    [InlineData("""UPDATE Recoveries SET Limits = '{"inAll":1,"perTarget":1,"perBackend":1}'""")]
    [InlineData("UPDATE Recoveries SET State = 'Completed'")]
    public async Task A_recovery_that_changed_meanwhile_is_looked_at_anew(string change)
    {
        rival = new(change, times: 1);

        Assert.Empty(await Control().LimitAsync(id, new(null, null, 3), Ada, TestContext.Current.CancellationToken));

        await using var database = CreateDbContext();
        Assert.Equal(2, rival.Seen);
        Assert.Equal(new RecoveryLimits(8, 4, 3), database.Recoveries.Single().Limits);
        Assert.Equal((1, 1), (database.Audit.Count(), database.Events.Count()));
    }

    [Theory]
    [InlineData("UPDATE RecoveryInstances SET State = 'Recovering'")]
    [InlineData("UPDATE RecoveryInstances SET Attempt = 2")]
    [InlineData("UPDATE RecoveryInstances SET SkipRequested = 1")]
    public async Task An_instance_that_changed_meanwhile_is_looked_at_anew(string change)
    {
        rival = new(change, times: 1);

        Assert.Empty(await Control().SkipAsync(id, Rows.Web1, Ada, TestContext.Current.CancellationToken));

        Assert.Equal(2, rival.Seen);
    }

    [Fact]
    public async Task Who_is_never_fast_enough_is_told_so_and_nothing_is_written()
    {
        var told = signal.Next;
        rival = new("UPDATE Recoveries SET Paused = 1", times: 99);

        var fault = Assert.Single(await Control().LimitAsync(id, new(1, null, null), Ada, TestContext.Current.CancellationToken));

        await using var database = CreateDbContext();
        Assert.Equal((FaultCodes.ChangedMeanwhile, id), (fault.Code, fault.Recovery));
        Assert.Equal(new RecoveryLimits(8, 4, 8), database.Recoveries.Single().Limits);
        Assert.Equal((0, 0), (database.Audit.Count(), database.Events.Count()));
        Assert.False(told.IsCompleted);
    }

    private OperatorControl Control() => new(new OperatorDesk(this, signal, TimeProvider.System));

    // SQLite lets nobody in between, so the rival speaks through the same transaction; it goes when that is given up.
    private sealed class Rival(string sql, int times) : DbCommandInterceptor
    {
        public int Seen { get; private set; }

        public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (sql.Length > 0 && ++Seen <= times)
            {
                await using var other = command.Connection!.CreateCommand();
                (other.CommandText, other.Transaction) = (sql, command.Transaction);
                await other.ExecuteNonQueryAsync(cancellationToken);
            }

            return result;
        }
    }
}
