using System.Data;
using MySqlConnector;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// Writes a transaction into the cloud's database: all of it, only where every row still is as it was seen, and once,
/// however often it is asked.
/// </summary>
internal sealed class ForeignWriter(IForeignConnections connections, TimeProvider time)
{
    /// <summary>Conflicts with other writers that are tried again before anybody hears of them.</summary>
    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public Task<ForeignOutcome> ApplyAsync(ForeignTransaction transaction, CancellationToken cancellationToken) =>
        ApplyAsync(transaction, ForeignSecrets.None, cancellationToken);

    public async Task<ForeignOutcome> ApplyAsync(
        ForeignTransaction transaction, ForeignSecrets secrets, CancellationToken cancellationToken)
    {
        if (transaction.Changes.Count == 0)
        {
            return ForeignOutcome.Success;
        }

        MySqlConnectionStringBuilder settings;
        try
        {
            // Found rows are counted, not changed ones: a repeat changes none.
            var address = await connections.WriterAsync(transaction.Database, transaction.Cell, cancellationToken);
            settings = new MySqlConnectionStringBuilder(address.ConnectionString) { UseAffectedRows = false };
        }
        catch (CloudUnreadableException unreadable)
        {
            return new ForeignOutcome(false, unreadable.RetryCanHelp, $"Nothing was written to {ForeignWords.Place(transaction)}: {unreadable.Message}");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(settings, transaction, secrets, cancellationToken);
            }
            catch (MySqlException conflict) when (Conflict.Is(conflict.Number, conflict.Message) && attempt < Attempts)
            {
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
            catch (MySqlException failure)
            {
                return WriteFailure.Outcome(failure, transaction);
            }
        }
    }

    private static async Task<ForeignOutcome> OnceAsync(
        MySqlConnectionStringBuilder settings, ForeignTransaction transaction, ForeignSecrets secrets, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var patience = new MySqlCommand("SET SESSION innodb_lock_wait_timeout = 5", connection))
        {
            await patience.ExecuteNonQueryAsync(cancellationToken);
        }

        string? missed = null;
        var again = false;
        await using (var write = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken))
        {
            // A secret that is old can't be told from the new one.
            if (!HasSecrets(transaction) && await IsDoneAsync(connection, write, transaction, cancellationToken))
            {
                return ForeignOutcome.Success;
            }

            foreach (var change in transaction.Changes)
            {
                missed = await MissedAsync(connection, write, transaction, change, secrets, cancellationToken);
                if (missed is not null)
                {
                    again = change.Counters.Count > 0;
                    break;
                }
            }

            if (missed is null)
            {
                await write.CommitAsync(cancellationToken);
                return ForeignOutcome.Success;
            }

            await write.RollbackAsync(cancellationToken);
        }

        // The same transaction may have been on its way a second time, and the other was first.
        await using var look = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        return await IsDoneAsync(connection, look, transaction, cancellationToken)
            ? ForeignOutcome.Success
            : new ForeignOutcome(
                false,
                again,
                $"{missed} Nothing of {transaction.Name} was written. "
                + (again ? "Read it again and repeat." : "Somebody else is at work on it: see what, then recover it again."));
    }

    /// <returns>Null when the change was made, or need not be; else what is in its way.</returns>
    private static async Task<string?> MissedAsync(
        MySqlConnection connection,
        MySqlTransaction write,
        ForeignTransaction transaction,
        RowChange change,
        ForeignSecrets secrets,
        CancellationToken cancellationToken)
    {
        await using var command = RowStatement.Apply(change, secrets).On(connection, write);
        if (change.Kind == RowChangeKind.Absent)
        {
            var there = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            return there == 0 ? null : ForeignWords.Present(transaction, change, there);
        }

        var found = await command.ExecuteNonQueryAsync(cancellationToken);
        return found == 1 || (found == 0 && change.Miss == Miss.Accept)
            ? null
            : ForeignWords.Missed(transaction, change, found, await NowAsync(connection, write, change, cancellationToken));
    }

    private static async Task<IReadOnlyList<object?>?> NowAsync(
        MySqlConnection connection, MySqlTransaction write, RowChange change, CancellationToken cancellationToken)
    {
        await using var command = RowStatement.Now(change).On(connection, write);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? [.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) is DBNull ? null : reader.GetValue(column))]
            : null;
    }

    // All or none is written, so what can be told of single rows holds for all of them.
    private static async Task<bool> IsDoneAsync(
        MySqlConnection connection, MySqlTransaction read, ForeignTransaction transaction, CancellationToken cancellationToken)
    {
        var told = false;
        for (var index = 0; index < transaction.Changes.Count; index++)
        {
            var change = transaction.Changes[index];
            if (!Tells(change, transaction.Changes.Skip(index + 1)))
            {
                continue;
            }

            told = true;
            await using var command = RowStatement.CountDone(change).On(connection, read);
            var rows = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            if (rows != (change.Kind == RowChangeKind.Delete ? 0 : 1))
            {
                return false;
            }
        }

        return told;
    }

    private static bool HasSecrets(ForeignTransaction transaction) =>
        transaction.Changes.Any(change => change.Merges.Values.Any(merge => merge.Secrets.Count > 0));

    // A counter goes up for others too, and a deleted row's key may have gone to the next row.
    private static bool Tells(RowChange change, IEnumerable<RowChange> later) => change.Miss == Miss.Abort && change.Kind switch
    {
        RowChangeKind.Insert => true,
        RowChangeKind.Update => change.Values.Count > 0 || change.Merges.Values.Any(merge => merge.Values.Count > 0),
        RowChangeKind.Delete => later.All(next => next.Table != change.Table),
        _ => false,
    };
}
