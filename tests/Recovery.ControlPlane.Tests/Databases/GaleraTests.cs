using Microsoft.EntityFrameworkCore;
using MySqlConnector;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.MySql;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;
using Recovery.Labs;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>
/// Replicas on different nodes of one Galera cluster. Its row locks end at the node: two may be at one row at once, and
/// whoever commits second learns of it then.
/// </summary>
public sealed class GaleraTests : IAsyncLifetime
{
    // With savepoints inside its transactions the fencing turn is given twice in one round of some ten.
    private const int Rounds = 40;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private GaleraCluster cluster = null!;
    private Node one = null!;
    private Node other = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cluster = await GaleraCluster.StartAsync(2, Cancel);
        (one, other) = (new Node(cluster.Nodes[0]), new Node(cluster.Nodes[1]));
        await using var database = one.CreateDbContext();
        await database.Database.MigrateAsync(Cancel);
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    // One story for each of the guards; the cluster takes longer to start than all of them.
    [Fact]
    public async Task What_holds_on_one_server_holds_between_the_nodes_of_a_cluster()
    {
        await Two_that_write_one_row_are_both_counted_and_one_does_its_work_again();
        await A_recovery_is_claimed_by_one();
        await Whoever_was_superseded_on_another_node_writes_nothing();
        await A_host_is_fenced_by_one_at_a_time();
        await Whoever_comes_second_at_a_turnstile_sees_what_the_first_has_written();
    }

    private async Task Two_that_write_one_row_are_both_counted_and_one_does_its_work_again()
    {
        await AddAsync(Rows.Host("node1", DateTimeOffset.UtcNow));
        using var both = new CountdownEvent(2);
        var tries = 0;

        await Task.WhenAll(WriteAsync(one), WriteAsync(other));

        Assert.Equal(3, tries);
        Assert.Equal(2, (await ReadAsync(context => context.Hosts.SingleAsync(Cancel))).Vcpus - Rows.Host("node1", default).Vcpus);

        Task WriteAsync(Node node) => node.InTransactionAsync(
            TimeProvider.System,
            async (context, transaction) =>
            {
                Interlocked.Increment(ref tries);
                await context.Hosts.ExecuteUpdateAsync(row => row.SetProperty(each => each.Vcpus, each => each.Vcpus + 1), Cancel);
                if (!both.IsSet)
                {
                    both.Signal();
                    await Task.Run(() => both.Wait(Cancel), Cancel);
                }

                await transaction.CommitAsync(Cancel);
            },
            Cancel);
    }

    private async Task A_recovery_is_claimed_by_one()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var recoveries = Enumerable.Range(0, 6).Select(_ => Recovery()).ToList();
            await AddAsync([.. recoveries]);
            using var start = new Barrier(2);

            var claimed = await Task.WhenAll(TakeAsync(one, "one"), TakeAsync(other, "other"));

            var again = await Task.WhenAll(TakeAloneAsync(one, "one", claimed[0]), TakeAloneAsync(other, "other", claimed[1]));
            var all = claimed.Concat(again).SelectMany(each => each).ToList();
            Assert.Equal(recoveries.Select(row => row.Id).Order(), all.Select(each => each.Id).Order());
            Assert.All(all, each => Assert.Equal(1, each.Epoch));
            await ReadAsync(context => context.Recoveries.ExecuteDeleteAsync(Cancel));

            Task<IReadOnlyList<ClaimedRecovery>> TakeAsync(Node node, string replica) => Task.Run(
                () =>
                {
                    start.SignalAndWait(Cancel);
                    return TakeAloneAsync(node, replica, []);
                },
                Cancel);
        }

        static Task<IReadOnlyList<ClaimedRecovery>> TakeAloneAsync(Node node, string replica, IReadOnlyList<ClaimedRecovery> driven) =>
            ClaimQuery.TakeAsync(node, replica, Lease, [.. driven.Select(each => each.Id)], TimeProvider.System, Cancel);
    }

    private async Task Whoever_was_superseded_on_another_node_writes_nothing()
    {
        var recovery = Recovery();
        await AddAsync(recovery);
        Assert.Single(await ClaimQuery.TakeAsync(one, "one", TimeSpan.Zero, [], TimeProvider.System, Cancel));
        await AppliedAsync(context => context.Recoveries.AnyAsync(row => row.Id == recovery.Id && row.Epoch == 1, Cancel));
        Assert.Single(await ClaimQuery.TakeAsync(other, "other", Lease, [], TimeProvider.System, Cancel));

        await Assert.ThrowsAsync<ClaimLostException>(() => Claim(recovery.Id, 1, one).EnterAsync(RecoveryState.Planning, "Mine.", Cancel));
        await Claim(recovery.Id, 2, other).EnterAsync(RecoveryState.Planning, "No, mine.", Cancel);

        Assert.Equal("No, mine.", (await ReadAsync(context => context.Recoveries.SingleAsync(Cancel))).Reason);
    }

    private async Task A_host_is_fenced_by_one_at_a_time()
    {
        var (mine, others) = (Recovery(epoch: 1), Recovery(epoch: 1));
        await AddAsync(mine, others);
        var turn = new FencingTurn();
        var (busy, overlaps, made) = (0, 0, 0);

        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(
                turn.RunAsync(Claim(mine.Id, 1, one), $"node{round}", AttemptAsync, Cancel),
                turn.RunAsync(Claim(others.Id, 1, other), $"node{round}", AttemptAsync, Cancel));
        }

        Assert.Equal(0, overlaps);
        Assert.InRange(made, Rounds, 2 * Rounds);

        async Task<OrderState> AttemptAsync(CancellationToken token)
        {
            overlaps += Interlocked.Exchange(ref busy, 1);
            await Task.Delay(30, token);
            busy = 0;
            Interlocked.Increment(ref made);
            return OrderState.None;
        }
    }

    private async Task Whoever_comes_second_at_a_turnstile_sees_what_the_first_has_written()
    {
        await ReadAsync(context => context.Locks.ExecuteDeleteAsync(Cancel));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => (number % 2 == 0 ? one : other).InTransactionAsync(
            TimeProvider.System,
            async (context, transaction) =>
            {
                await Turnstile.PassAsync(context, Turnstile.Hosts, Cancel);
                var count = await context.Locks.CountAsync(Cancel);
                context.Locks.Add(new RecoveryLockRow { Subject = $"{count}", RecoveryId = Guid.NewGuid() });
                await context.SaveChangesAsync(Cancel);
                await transaction.CommitAsync(Cancel);
            },
            Cancel)));

        Assert.Equal(["0", "1", "2", "3", "4", "5"], await ReadAsync(context => context.Locks.Select(row => row.Subject).Order().ToListAsync(Cancel)));
    }

    private async Task AddAsync(params object[] rows)
    {
        await using var context = one.CreateDbContext();
        context.AddRange(rows);
        await context.SaveChangesAsync(Cancel);
    }

    /// <summary>A node may answer before it has applied what another has committed.</summary>
    private async Task AppliedAsync(Func<RecoveryDbContext, Task<bool>> seen)
    {
        while (true)
        {
            await using var context = other.CreateDbContext();
            if (await seen(context))
            {
                return;
            }

            await Task.Delay(10, Cancel);
        }
    }

    private async Task<T> ReadAsync<T>(Func<RecoveryDbContext, Task<T>> read)
    {
        await using var context = one.CreateDbContext();
        return await read(context);
    }

    private static Claim Claim(Guid recovery, long epoch, Node node) => new(recovery, epoch, Lease, node, TimeProvider.System);

    private static RecoveryRow Recovery(long epoch = 0) => new()
    {
        Id = Guid.CreateVersion7(),
        Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8),
        State = RecoveryState.Accepted,
        Epoch = epoch,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>A replica's database: one node.</summary>
    private sealed class Node(MariaDb server) : IDbContextFactory<RecoveryDbContext>
    {
        private readonly DbContextOptions<MySqlRecoveryDbContext> options = new DbContextOptionsBuilder<MySqlRecoveryDbContext>()
            .UseMySql(
                new MySqlConnectionStringBuilder(server.ConnectionString("recovery")) { UseAffectedRows = false, AllowUserVariables = true }.ConnectionString,
                TestServer.Version)
            .Options;

        public RecoveryDbContext CreateDbContext() => new MySqlRecoveryDbContext(options);
    }
}
