using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.MySql;
using Recovery.ControlPlane.Persistence.Sqlite;
using Recovery.ControlPlane.Tests.Databases;

namespace Recovery.ControlPlane.Tests.Inventory;

/// <summary>A real database for as long as a test runs: an SQLite file, or one on MariaDB where the test's class says so.</summary>
public sealed class TemporaryDatabase : IDbContextFactory<RecoveryDbContext>, IDisposable
{
    private readonly Func<RecoveryDbContext> create;
    private readonly Action forget;

    public TemporaryDatabase()
        : this(OnMariaDbAttribute.Applies)
    {
    }

    /// <param name="onMariaDb">Else SQLite.</param>
    public TemporaryDatabase(bool onMariaDb)
    {
        (create, forget) = onMariaDb ? MariaDb() : Sqlite();
        using var database = CreateDbContext();
        database.Database.EnsureCreated();
    }

    public RecoveryDbContext CreateDbContext() => create();

    /// <summary>Adds rows as they are.</summary>
    public async Task AddAsync(params object[] rows)
    {
        await using var database = CreateDbContext();
        database.AddRange(rows);
        await database.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Reads with a context of its own, so that nothing is seen but what was really written.</summary>
    public async Task<T> ReadAsync<T>(Func<RecoveryDbContext, Task<T>> read)
    {
        await using var database = CreateDbContext();
        return await read(database);
    }

    public void Dispose() => forget();

    private static (Func<RecoveryDbContext> Create, Action Forget) Sqlite()
    {
        var file = Path.Combine(Path.GetTempPath(), $"recovery-test-{Guid.NewGuid():N}.db");
        var options = new DbContextOptionsBuilder<SqliteRecoveryDbContext>().UseSqlite($"Data Source={file}").Options;
        return (() => new SqliteRecoveryDbContext(options), () =>
        {
            using (var connection = new SqliteConnection($"Data Source={file}"))
            {
                SqliteConnection.ClearPool(connection);
            }

            File.Delete(file);
            File.Delete(file + "-wal");
            File.Delete(file + "-shm");
        }
        );
    }

    private static (Func<RecoveryDbContext> Create, Action Forget) MariaDb()
    {
        // As the control plane asks for it: found rows count, not changed ones.
        var connection = new MySqlConnectionStringBuilder(TestServer.Instance.ConnectionString($"test_{Guid.NewGuid():N}"))
        {
            UseAffectedRows = false,
            AllowUserVariables = true,
        }.ConnectionString;
        var options = new DbContextOptionsBuilder<MySqlRecoveryDbContext>().UseMySql(connection, TestServer.Version).Options;
        return (() => new MySqlRecoveryDbContext(options), () =>
        {
            using (var database = new MySqlRecoveryDbContext(options))
            {
                database.Database.EnsureDeleted();
            }

            using var pooled = new MySqlConnection(connection);
            MySqlConnection.ClearPool(pooled);
        }
        );
    }
}
