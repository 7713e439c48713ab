using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Persistence.Sqlite;

/// <summary>SQLite in one file: the embedded default, for one replica. Its schema is brought up to date at start.</summary>
internal sealed class SqliteDatabase : RecoveryDatabase, IDisposable
{
    private readonly string file;
    private readonly string replica;
    private readonly DbContextOptions<SqliteRecoveryDbContext> options;
    private FileHold? hold;

    public SqliteDatabase(DatabaseOptions database, RunnerOptions runner)
    {
        // Whatever it is called, one file has one lock.
        var named = new FileInfo(Path.GetFullPath(database.File));
        file = named.LinkTarget is null ? named.FullName : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        replica = runner.Replica;
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            ForeignKeys = true,

            // Writers wait for each other this long, in seconds.
            DefaultTimeout = 30,
        };
        options = new DbContextOptionsBuilder<SqliteRecoveryDbContext>().UseSqlite(connection.ConnectionString).Options;
    }

    public override string Name => $"The database {file}";

    public override string Advice => $"Check {RecoveryOptions.Section}:Database:File, its folder's owner and the disk's free space.";

    public override RecoveryDbContext CreateDbContext() => new SqliteRecoveryDbContext(options);

    public override async Task OpenAsync(CancellationToken cancellationToken) => await MigrateAsync(cancellationToken);

    public override async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        CreatePrivateFolder(Path.GetDirectoryName(file)!);
        hold ??= FileHold.Take(file, replica);
        var pending = await PendingAsync(cancellationToken);
        await using var context = CreateDbContext();
        await context.Database.MigrateAsync(cancellationToken);

        // Readers don't wait for the writer: the journal is written while the API reads. The file remembers it.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        return pending;
    }

    public void Dispose() => hold?.Dispose();

    // Definitions may tell more about guests than everybody on the machine should read.
    private static void CreatePrivateFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
