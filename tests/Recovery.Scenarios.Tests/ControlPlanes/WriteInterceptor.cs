using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Recovery.Scenarios.Tests.Cluster;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>
/// Sees every commit of one control plane: it may die right before or right after it, and nothing of a dead one is ever
/// written: its transaction is rolled back, and its code waits for ever.
/// </summary>
internal sealed class WriteInterceptor(World world, ControlPlaneProcess process)
    : IDbTransactionInterceptor, IDbCommandInterceptor
{
    // What the runner and the operators write; reports of hosts are neither.
    private static readonly HashSet<string> Journaled =
        ["Recoveries", "RecoveryInstances", "Journal", "Events", "Locks", "IdempotencyKeys", "FenceProofs", "FenceOrders", "Instances", "Audit"];

    private static readonly Task Never = new TaskCompletionSource().Task;

    public ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        // What was rolled back before, nobody tells.
        world.Database.Forget();
        return ValueTask.FromResult(result);
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (IsJournal && world.Crashes.ControlPlane(process, $"before writing {What}"))
        {
            await transaction.RollbackAsync(CancellationToken.None);
            world.Database.Forget();
            await Never;
        }

        return result;
    }

    public async Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (Committed())
        {
            await Never;
        }
    }

    public Task TransactionRolledBackAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        world.Database.Forget();
        return Task.CompletedTask;
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        // A statement of its own is its own commit, and what it will touch is only known by its words.
        if (command.Transaction is null && Journaled.Any(table => command.CommandText.Contains($"\"{table}\"", StringComparison.Ordinal))
            && world.Crashes.ControlPlane(process, "before a statement"))
        {
            await Never;
        }

        return result;
    }

    public async ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (command.Transaction is null && Committed())
        {
            await Never;
        }

        return result;
    }

    private bool IsJournal => world.Database.Touched.Overlaps(Journaled);

    private string What => string.Join('+', world.Database.Touched.Where(Journaled.Contains).Order(StringComparer.Ordinal));

    private bool Committed()
    {
        var (journal, what) = (IsJournal, What);
        world.Watcher.Committed(process);
        world.Database.Forget();
        return journal && world.Crashes.ControlPlane(process, $"after writing {what}");
    }
}
