using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>A host is never fenced twice at once, whichever recovery and replica wants it off.</summary>
public sealed class FencingTurnTests : IAsyncLifetime
{
    private readonly TemporaryDatabase database = new();
    private readonly FencingTurn turn = new();
    private readonly Guid one = Guid.CreateVersion7();
    private readonly Guid other = Guid.CreateVersion7();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.AddAsync(Recovery(one), Recovery(other));

    public ValueTask DisposeAsync()
    {
        database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Given_a_host_that_is_being_fenced_when_another_recovery_wants_that_too_then_it_is_told_who_does_it_and_makes_no_attempt()
    {
        var attempts = 0;
        string? told = null;

        var mine = await turn.RunAsync(Claim(one), "node1", async token =>
        {
            told = await turn.RunAsync(Claim(other), "node1", Attempt, token);
            return OrderState.None;
        }, Cancel);

        Assert.Null(mine);
        Assert.Equal((0, true), (attempts, told!.Contains($"{one}", StringComparison.Ordinal)));
        Assert.Null(await turn.RunAsync(Claim(other), "node1", Attempt, Cancel));
        Assert.Equal(1, attempts);
        Assert.Empty(await LocksAsync());

        Task<OrderState> Attempt(CancellationToken token)
        {
            attempts++;
            return NothingIsOut;
        }
    }

    [Fact]
    public async Task Given_two_replicas_that_want_a_host_off_in_the_same_moment_then_their_attempts_never_overlap()
    {
        var (busy, overlaps, made) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async each =>
        {
            var claim = Claim(each % 2 == 0 ? one : other);
            if (each > 1)
            {
                // The later ones come while one of the first two is at it.
                await Task.Delay(5 * each, Cancel);
            }

            await turn.RunAsync(claim, $"node{each / 2}", AttemptAsync(each / 2), Cancel);
        }));

        Assert.Equal(0, overlaps);
        Assert.InRange(made, 6, 12);

        Func<CancellationToken, Task<OrderState>> AttemptAsync(int bit) => async token =>
        {
            overlaps += (Interlocked.Or(ref busy, 1 << bit) & (1 << bit)) != 0 ? 1 : 0;
            await Task.Delay(50, token);
            Interlocked.And(ref busy, ~(1 << bit));
            Interlocked.Increment(ref made);
            return OrderState.None;
        };
    }

    [Fact]
    public async Task Given_a_turn_that_a_crash_left_behind_then_its_recovery_goes_on_with_it_and_others_wait()
    {
        await database.AddAsync(new RecoveryLockRow { Subject = RecoveryLockRow.ForFencing("node1"), RecoveryId = one });

        Assert.NotNull(await turn.RunAsync(Claim(other), "node1", _ => throw new InvalidOperationException("not its turn"), Cancel));
        Assert.Null(await turn.RunAsync(Claim(one), "node1", _ => NothingIsOut, Cancel));
        Assert.Empty(await LocksAsync());
    }

    [Fact]
    public async Task Given_an_order_that_may_have_arrived_then_that_is_known_before_it_is_sent_and_until_somebody_says_that_it_did_not()
    {
        List<string> during = [];

        await turn.RunAsync(Claim(one), "node1", async _ =>
        {
            during = await OrdersAsync();
            return OrderState.Out;
        }, Cancel);

        Assert.Equal(["node1"], during);
        Assert.Equal(["node1"], await OrdersAsync());
        Assert.Empty(await LocksAsync());

        await turn.RunAsync(Claim(other), "node1", _ => NothingIsOut, Cancel);
        Assert.Equal(["node1"], await OrdersAsync());

        // That it could not be reached the next time says nothing of the first.
        await turn.RunAsync(Claim(one), "node1", _ => NothingIsOut, Cancel);
        Assert.Equal(["node1"], await OrdersAsync());

        await turn.RunAsync(Claim(one), "node1", _ => Task.FromResult(OrderState.Withdrawn), Cancel);
        Assert.Empty(await OrdersAsync());
    }

    [Fact]
    public async Task Given_an_order_that_could_not_be_given_then_none_is_out()
    {
        await turn.RunAsync(Claim(one), "node1", _ => NothingIsOut, Cancel);

        Assert.Empty(await OrdersAsync());
    }

    [Fact]
    public async Task Given_an_attempt_that_breaks_then_the_turn_is_given_back_and_the_order_may_be_out()
    {
        await Assert.ThrowsAsync<IOException>(() => turn.RunAsync(Claim(one), "node1", _ => throw new IOException(), Cancel));

        Assert.Empty(await LocksAsync());
        Assert.Equal(["node1"], await OrdersAsync());
    }

    [Fact]
    public async Task Given_a_claim_that_is_lost_then_no_attempt_is_made()
    {
        await using (var context = database.CreateDbContext())
        {
            await context.Recoveries.Where(row => row.Id == one).ExecuteUpdateAsync(row => row.SetProperty(each => each.Epoch, 2), Cancel);
        }

        await Assert.ThrowsAsync<ClaimLostException>(
            () => turn.RunAsync(Claim(one), "node1", _ => throw new InvalidOperationException("not ours"), Cancel));
        Assert.Empty(await LocksAsync());
    }

    private static Task<OrderState> NothingIsOut => Task.FromResult(OrderState.None);

    private Task<List<string>> OrdersAsync() => database.ReadAsync(each => each.FenceOrders.Select(order => order.Host).ToListAsync(Cancel));

    private Task<List<string>> LocksAsync() => database.ReadAsync(each => each.Locks.Select(held => held.Subject).ToListAsync(Cancel));

    private Claim Claim(Guid recovery) => new(recovery, 1, TimeSpan.FromSeconds(3), database, TimeProvider.System);

    private static RecoveryRow Recovery(Guid id) => new()
    {
        Id = id,
        Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8),
        State = RecoveryState.AwaitingProof,
        Epoch = 1,
        CreatedAt = Some.Moment,
    };
}
