using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace Recovery.ControlPlane.Persistence;

/// <summary>Tells "somebody has this key already" from every other failure of a write.</summary>
internal static class UniqueViolation
{
    // sqlite.org/rescode.html: SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
    private const int PrimaryKey = 1555;
    private const int UniqueIndex = 2067;

    // ER_DUP_ENTRY, and the same with the index's name, which few statements report.
    private const int Duplicate = 1062;
    private const int DuplicateWithName = 1586;

    public static bool Is(Exception exception)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            if (each is SqliteException { SqliteExtendedErrorCode: PrimaryKey or UniqueIndex }
                or MySqlException { Number: Duplicate or DuplicateWithName })
            {
                return true;
            }
        }

        return false;
    }
}
