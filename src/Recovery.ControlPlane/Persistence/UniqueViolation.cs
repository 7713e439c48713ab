using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Persistence;

/// <summary>Tells "somebody has this key already" from every other failure of a write.</summary>
internal static class UniqueViolation
{
    // sqlite.org/rescode.html: SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
    private const int PrimaryKey = 1555;
    private const int UniqueIndex = 2067;

    public static bool Is(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: PrimaryKey or UniqueIndex };
}
