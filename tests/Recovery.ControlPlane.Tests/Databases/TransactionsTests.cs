using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Api;
using Recovery.ControlPlane.Tests.Inventory;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>Units of work that others get in the way of.</summary>
public class TransactionsTests : IDisposable
{
    protected TemporaryDatabase Database { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Database.Dispose();

    [Fact]
    public async Task After_a_conflict_all_of_it_is_done_again_and_nothing_of_the_first_try_is_left()
    {
        var tries = 0;
        var made = Event("made outside");

        await Database.InTransactionAsync(
            new ImpatientTime(),
            async (context, transaction) =>
            {
                context.Events.AddRange(made, Event($"try {++tries}"));
                await context.SaveChangesAsync(Cancellation);
                if (tries < 3)
                {
                    throw new DbUpdateConcurrencyException("Somebody was faster.");
                }

                await transaction.CommitAsync(Cancellation);
            },
            Cancellation);

        Assert.Equal(3, tries);
        Assert.Equal(
            ["made outside", "try 3"],
            await Database.ReadAsync(context => context.Events.OrderBy(row => row.Id).Select(row => row.Message).ToListAsync()));
    }

    [Fact]
    public async Task What_is_added_again_comes_after_what_others_added_meanwhile()
    {
        var tries = 0;
        var made = Event("made outside");

        await Database.InTransactionAsync(
            new ImpatientTime(),
            async (context, transaction) =>
            {
                context.Events.Add(made);
                await context.SaveChangesAsync(Cancellation);
                if (++tries == 1)
                {
                    await transaction.RollbackAsync(Cancellation);
                    await Database.AddAsync(Event("another's"));
                    throw new DbUpdateConcurrencyException("Somebody was faster.");
                }

                await transaction.CommitAsync(Cancellation);
            },
            Cancellation);

        Assert.Equal(
            ["another's", "made outside"],
            await Database.ReadAsync(context => context.Events.OrderBy(row => row.Id).Select(row => row.Message).ToListAsync()));
    }

    [Fact]
    public async Task A_conflict_without_end_is_thrown_at_last()
    {
        var tries = 0;

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => Database.InTransactionAsync(
            new ImpatientTime(),
            (_, _) =>
            {
                tries++;
                throw new DbUpdateConcurrencyException("Somebody is always faster.");
            },
            Cancellation));

        Assert.Equal(10, tries);
    }

    [Fact]
    public async Task Any_other_failure_is_nobodys_conflict()
    {
        var tries = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.InTransactionAsync(
            new ImpatientTime(),
            (_, _) =>
            {
                tries++;
                throw new InvalidOperationException("A mistake.");
            },
            Cancellation));

        Assert.Equal(1, tries);
    }

    [Theory]
    [InlineData(TakenKey.IsAnError, 1)]
    [InlineData(TakenKey.IsAConflict, 10)]
    internal async Task A_key_that_somebody_has_is_what_the_work_says_it_is(TakenKey taken, int expected)
    {
        await Database.AddAsync(new RecoveryLockRow { Subject = "host/node1", RecoveryId = Guid.NewGuid() });
        var tries = 0;

        var failure = await Assert.ThrowsAsync<DbUpdateException>(() => Database.InTransactionAsync(
            new ImpatientTime(),
            async (context, _) =>
            {
                tries++;
                context.Locks.Add(new RecoveryLockRow { Subject = "host/node1", RecoveryId = Guid.NewGuid() });
                await context.SaveChangesAsync(Cancellation);
            },
            Cancellation,
            taken));

        Assert.True(UniqueViolation.Is(failure));
        Assert.False(Conflict.Is(failure));
        Assert.Equal(expected, tries);
    }

    [Fact]
    public async Task A_step_id_is_unique_too()
    {
        var step = Guid.NewGuid();
        await Database.AddAsync(Step(step));

        Assert.True(UniqueViolation.Is(await Assert.ThrowsAsync<DbUpdateException>(() => Database.AddAsync(Step(step)))));
    }

    [Fact]
    public async Task A_row_that_was_deleted_meanwhile_is_a_conflict()
    {
        await Database.AddAsync(Rows.Host("node1", DateTimeOffset.UtcNow));
        await using var context = Database.CreateDbContext();
        var row = await context.Hosts.SingleAsync(Cancellation);
        await Database.ReadAsync(other => other.Hosts.ExecuteDeleteAsync());
        row.Maintenance = true;

        var failure = await Assert.ThrowsAnyAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancellation));

        Assert.True(Conflict.Is(failure));
    }

    private static EventRow Event(string message) =>
        new() { RecoveryId = Guid.NewGuid(), At = DateTimeOffset.UtcNow, Type = EventTypes.Step, Message = message };

    private static JournalRow Step(Guid id) => new()
    {
        StepId = id,
        RecoveryId = Guid.NewGuid(),
        InstanceId = Guid.NewGuid(),
        Attempt = 1,
        Action = Core.Workflow.StepAction.Start,
        Host = "node1",
        Epoch = 1,
        IntendedAt = DateTimeOffset.UtcNow,
    };
}

[OnMariaDb]
public sealed class TransactionsOnMariaDbTests : TransactionsTests
{
    [Fact]
    public async Task Of_two_that_wait_for_each_other_one_is_done_again()
    {
        await Database.AddAsync(Rows.Host("node1", DateTimeOffset.UtcNow), Rows.Host("node2", DateTimeOffset.UtcNow));
        using var both = new CountdownEvent(2);
        var tries = 0;

        await Task.WhenAll(WriteAsync("node1", "node2"), WriteAsync("node2", "node1")).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(3, tries);
        Assert.All(await Database.ReadAsync(context => context.Hosts.ToListAsync()), host => Assert.Equal(2, host.Vcpus - Rows.Host("node1", default).Vcpus));

        Task WriteAsync(string first, string second) => Database.InTransactionAsync(
            TimeProvider.System,
            async (context, transaction) =>
            {
                Interlocked.Increment(ref tries);
                await WriteHostAsync(context, first);
                if (!both.IsSet)
                {
                    both.Signal();
                    await Task.Run(() => both.Wait(Cancellation), Cancellation);
                }

                await WriteHostAsync(context, second);
                await transaction.CommitAsync(Cancellation);
            },
            Cancellation);
    }

    [Fact]
    public async Task Whoever_comes_second_at_a_turnstile_sees_what_the_first_has_written()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Database.InTransactionAsync(
            TimeProvider.System,
            async (context, transaction) =>
            {
                await Turnstile.PassAsync(context, Turnstile.Hosts, Cancellation);
                var count = await context.Locks.CountAsync(Cancellation);
                context.Locks.Add(new RecoveryLockRow { Subject = $"{count}", RecoveryId = Guid.NewGuid() });
                await context.SaveChangesAsync(Cancellation);
                await transaction.CommitAsync(Cancellation);
            },
            Cancellation)));

        Assert.Equal(
            ["0", "1", "2", "3", "4", "5", "6", "7"],
            await Database.ReadAsync(context => context.Locks.OrderBy(row => row.Subject).Select(row => row.Subject).ToListAsync()));
    }

    private static Task<int> WriteHostAsync(RecoveryDbContext context, string name) => context.Hosts.Where(row => row.Name == name)
        .ExecuteUpdateAsync(row => row.SetProperty(each => each.Vcpus, each => each.Vcpus + 1), Cancellation);
}

/// <summary>What databases say when somebody was faster.</summary>
public class ConflictTests
{
    [Theory]
    [InlineData(1213, "Deadlock found when trying to get lock; try restarting transaction", true)]
    [InlineData(1205, "Lock wait timeout exceeded; try restarting transaction", true)]
    [InlineData(1020, "Record has changed since last read in table 'Recoveries'", true)]
    [InlineData(1412, "Table definition has changed, please retry transaction", true)]
    [InlineData(3101, "Plugin instructed the server to rollback the current transaction.", true)]
    [InlineData(1047, "WSREP has not yet prepared node for application use", true)]
    [InlineData(1047, "Unknown command", false)]
    [InlineData(1062, "Duplicate entry 'host/node1' for key 'PRIMARY'", false)]
    [InlineData(1042, "Unable to connect to any of the specified MySQL hosts.", false)]
    [InlineData(1045, "Access denied for user 'recovery'@'localhost'", false)]
    public void MySql_and_Galera_report_conflicts_by_these_numbers(int number, string message, bool conflict)
    {
        Assert.Equal(conflict, Conflict.Is(number, message));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, true)]
    [InlineData(13, false)]
    public void Sqlite_is_busy_or_locked_however_deep_it_is_wrapped(int code, bool conflict)
    {
        Assert.Equal(conflict, Conflict.Is(new InvalidOperationException("x", new DbUpdateException("x", new SqliteException("x", code)))));
    }
}

/// <summary>Waits for nothing.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimeSpan.Zero, period);
}
