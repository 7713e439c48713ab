using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>Who drives what.</summary>
public class ClaimQueryTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly DateTimeOffset now = DateTimeOffset.UtcNow;

    protected TemporaryDatabase Database { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Database.Dispose();

    [Fact]
    public async Task What_nobody_drives_is_taken_oldest_first_and_its_epoch_raised()
    {
        var younger = await AcceptAsync(age: 1);
        var older = await AcceptAsync(age: 2);

        var claimed = await TakeAsync("one");

        Assert.Equal([new(older, 1), new(younger, 1)], claimed);
        var rows = await Database.ReadAsync(context => context.Recoveries.ToListAsync());
        Assert.All(rows, row => Assert.Equal((1, "one"), (row.Epoch, row.LeaseOwner)));
        Assert.All(rows, row => Assert.InRange(row.LeaseUntil!.Value, now + Lease, DateTimeOffset.UtcNow + Lease));
    }

    [Fact]
    public async Task A_lease_that_holds_is_respected_and_one_that_ran_out_is_not()
    {
        await AcceptAsync(owner: "two", until: now.AddHours(1));
        var left = await AcceptAsync(owner: "two", until: now.AddSeconds(-1), epoch: 7);

        Assert.Equal([new(left, 8)], await TakeAsync("one"));
        Assert.Empty(await TakeAsync("three"));
    }

    [Fact]
    public async Task What_a_replica_held_before_its_restart_it_takes_up_at_once_but_not_what_it_drives()
    {
        var driven = await AcceptAsync(owner: "one", until: now.AddHours(1));
        var held = await AcceptAsync(owner: "one", until: now.AddHours(1));

        Assert.Equal([new(held, 1)], await TakeAsync("one", driven));
    }

    [Fact]
    public async Task What_has_ended_is_left_alone()
    {
        foreach (var state in Enum.GetValues<RecoveryState>().Where(state => state.IsFinal()))
        {
            await AcceptAsync(state: state);
        }

        Assert.Empty(await TakeAsync("one"));
    }

    [Fact]
    public async Task Of_replicas_that_look_at_once_each_recovery_gets_exactly_one()
    {
        const int replicas = 6;
        var recoveries = new List<Guid>();
        for (var number = 0; number < 12; number++)
        {
            recoveries.Add(await AcceptAsync());
        }

        using var start = new Barrier(replicas);
        var claimed = await Task.WhenAll(Enumerable.Range(0, replicas).Select(number => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Cancellation);
                return TakeAsync($"replica{number}");
            },
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        Assert.Equal(recoveries.Order(), claimed.SelectMany(each => each).Select(each => each.Id).Order());
        var rows = await Database.ReadAsync(context => context.Recoveries.ToDictionaryAsync(row => row.Id));
        Assert.All(rows.Values, row => Assert.Equal(1, row.Epoch));
        for (var number = 0; number < replicas; number++)
        {
            Assert.All(claimed[number], each => Assert.Equal($"replica{number}", rows[each.Id].LeaseOwner));
        }
    }

    protected async Task<Guid> AcceptAsync(
        int age = 0, string? owner = null, DateTimeOffset? until = null, long epoch = 0, RecoveryState state = RecoveryState.Accepted)
    {
        var row = new RecoveryRow
        {
            Id = Guid.CreateVersion7(),
            Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8),
            State = state,
            CreatedAt = now.AddMinutes(-age),
            LeaseOwner = owner,
            LeaseUntil = until,
            Epoch = epoch,
        };
        await Database.AddAsync(row);
        return row.Id;
    }

    private Task<IReadOnlyList<ClaimedRecovery>> TakeAsync(string replica, params Guid[] driven) =>
        ClaimQuery.TakeAsync(Database, replica, Lease, driven, TimeProvider.System, Cancellation);
}

[OnMariaDb]
public sealed class ClaimQueryOnMariaDbTests : ClaimQueryTests
{
    [Fact]
    public async Task Nobody_waits_for_a_row_that_another_is_at()
    {
        var busy = await AcceptAsync();
        var free = await AcceptAsync();
        await using var other = Database.CreateDbContext();
        await using var transaction = await other.Database.BeginTransactionAsync(Cancellation);
        await other.Recoveries.Where(row => row.Id == busy)
            .ExecuteUpdateAsync(row => row.SetProperty(each => each.Reason, "Being written just now."), Cancellation);

        // The server would let it wait for 50 s.
        var claimed = await ClaimQuery.TakeAsync(Database, "one", TimeSpan.FromSeconds(15), [], TimeProvider.System, Cancellation)
            .WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal([new(free, 1)], claimed);
    }
}
