using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// A host is fenced by one recovery at a time, over all replicas: whoever fences it holds a row of the database. A row
/// that a crash left behind belongs to its recovery, and whoever drives that next takes it over. A second row, written
/// with it, says that the host's executor may have been told; it stays until somebody says that it was not.
/// </summary>
public sealed class FencingTurn
{
    /// <summary>Makes the attempt while the turn is ours.</summary>
    /// <param name="claim">Of the recovery that wants the host off.</param>
    /// <param name="host">The host to be fenced.</param>
    /// <param name="attempt">Fences it, and records what came of it; says what is known of the order to its executor.</param>
    /// <param name="cancellationToken">Leaves the turn with the recovery, for its next driver.</param>
    /// <returns>Null when the attempt was made; else who is at it, for an operator to read.</returns>
    /// <exception cref="ClaimLostException">Somebody else drives this recovery.</exception>
    public async Task<string?> RunAsync(
        Claim claim, string host, Func<CancellationToken, Task<OrderState>> attempt, CancellationToken cancellationToken)
    {
        var (other, orderWasOut) = await TakeAsync(claim, host, cancellationToken);
        if (other is not null)
        {
            return $"Recovery {other} is fencing {host} right now; what comes of that counts for this one, too.";
        }

        var order = OrderState.Out;
        try
        {
            order = await attempt(cancellationToken);
            return null;
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                // That this attempt gave no order says nothing of an earlier one.
                var isOut = order == OrderState.Out || (order == OrderState.None && orderWasOut);
                await ReturnAsync(claim, host, isOut, cancellationToken);
            }
        }
    }

    /// <returns>Null when it is ours, else the recovery that has it; and whether an order of ours may be out already.</returns>
    private static async Task<(Guid? Other, bool OrderWasOut)> TakeAsync(Claim claim, string host, CancellationToken cancellationToken)
    {
        var subject = RecoveryLockRow.ForFencing(host);
        var orderWasOut = await claim.QueryAsync(
            (context, token) => context.FenceOrders.AnyAsync(order => order.RecoveryId == claim.RecoveryId && order.Host == host, token),
            cancellationToken);
        while (true)
        {
            if (await HolderAsync(claim, subject, cancellationToken) is { } holder)
            {
                return (holder == claim.RecoveryId ? null : holder, orderWasOut);
            }

            try
            {
                await claim.WriteAsync(
                    context =>
                    {
                        context.Locks.Add(new RecoveryLockRow { Subject = subject, RecoveryId = claim.RecoveryId });
                        if (!orderWasOut)
                        {
                            context.FenceOrders.Add(new FenceOrderRow { RecoveryId = claim.RecoveryId, Host = host });
                        }
                    },
                    cancellationToken);
                return (null, orderWasOut);
            }
            catch (DbUpdateException taken) when (UniqueViolation.Is(taken))
            {
                // Another replica was quicker; it is asked who that was.
            }
        }
    }

    private static Task ReturnAsync(Claim claim, string host, bool orderIsOut, CancellationToken cancellationToken)
    {
        var subject = RecoveryLockRow.ForFencing(host);
        return claim.WriteAsync(
            async (context, token) =>
            {
                await context.Locks
                    .Where(held => held.Subject == subject && held.RecoveryId == claim.RecoveryId)
                    .ExecuteDeleteAsync(token);
                if (!orderIsOut)
                {
                    await context.FenceOrders
                        .Where(order => order.RecoveryId == claim.RecoveryId && order.Host == host)
                        .ExecuteDeleteAsync(token);
                }
            },
            cancellationToken);
    }

    private static Task<Guid?> HolderAsync(Claim claim, string subject, CancellationToken cancellationToken) =>
        claim.QueryAsync(
            (context, token) => context.Locks.AsNoTracking()
                .Where(held => held.Subject == subject)
                .Select(held => (Guid?)held.RecoveryId)
                .SingleOrDefaultAsync(token),
            cancellationToken);
}
