using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Tests.Inventory;

/// <summary>A real SQLite file, for as long as a test runs.</summary>
public sealed class TemporaryDatabase : IDbContextFactory<RecoveryDbContext>, IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"recovery-test-{Guid.NewGuid():N}.db");
    private readonly DbContextOptions<RecoveryDbContext> options;

    public TemporaryDatabase()
    {
        options = new DbContextOptionsBuilder<RecoveryDbContext>().UseSqlite($"Data Source={file}").Options;
        using var database = CreateDbContext();
        database.Database.EnsureCreated();
    }

    public RecoveryDbContext CreateDbContext() => new(options);

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

    public void Dispose()
    {
        using (var connection = new SqliteConnection($"Data Source={file}"))
        {
            SqliteConnection.ClearPool(connection);
        }

        File.Delete(file);
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
    }
}
