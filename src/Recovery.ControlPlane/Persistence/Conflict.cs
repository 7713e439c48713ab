using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Recovery.ControlPlane.Persistence;

/// <summary>
/// Tells "somebody else wrote at the same time, nothing of ours was kept, do it again" from every other failure. A lost
/// connection is none: nobody knows what became of a commit then.
/// </summary>
internal static class Conflict
{
    // sqlite.org/rescode.html: SQLITE_BUSY and SQLITE_LOCKED.
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;

    // mariadb.com/kb/en/mariadb-error-codes: what a transaction may meet on one server, and on a node of Galera, which
    // certifies only at commit and then reports what others committed meanwhile as a deadlock.
    private static readonly HashSet<int> MySql =
    [
        1020, // ER_CHECKREAD: a row changed since this transaction's snapshot (MariaDB's innodb_snapshot_isolation)
        1205, // ER_LOCK_WAIT_TIMEOUT
        1213, // ER_LOCK_DEADLOCK
        1412, // ER_TABLE_DEF_CHANGED: a migration meanwhile
        3101, // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: group replication certified another's
    ];

    // ER_UNKNOWN_COM_ERROR is what a Galera node answers to everything while it is out of its cluster.
    private const int MySqlUnknownCommand = 1047;

    public static bool Is(Exception exception)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            switch (each)
            {
                // A row that was read is gone, or other than it was.
                case DbUpdateConcurrencyException:
                case SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked }:
                case MySqlException refused when Is(refused.Number, refused.Message):
                    return true;
            }
        }

        return false;
    }

    /// <param name="number">MySQL's error number.</param>
    /// <param name="message">MySQL's message.</param>
    internal static bool Is(int number, string message) =>
        MySql.Contains(number)
        || (number == MySqlUnknownCommand && message.Contains("WSREP", StringComparison.OrdinalIgnoreCase));
}
