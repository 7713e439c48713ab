using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Persistence;

public static class PersistenceServices
{
    /// <summary>SQLite in one file: the embedded default, for one replica.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services) =>
        services.AddDbContextFactory<RecoveryDbContext>((provider, context) =>
            context.UseSqlite(ConnectionString(provider.GetRequiredService<RecoveryOptions>().Database.File)));

    /// <summary>Creates the file, with its folder, and brings it to this release's schema.</summary>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(services.GetRequiredService<RecoveryOptions>().Database.File);
        CreatePrivateFolder(Path.GetDirectoryName(file)!);
        await using var context = await services.GetRequiredService<IDbContextFactory<RecoveryDbContext>>()
            .CreateDbContextAsync(cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);

        // Readers don't wait for the writer: the journal is written while the API reads.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
    }

    private static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.GetFullPath(file),
        ForeignKeys = true,
        DefaultTimeout = 30,
    }.ToString();

    // Definitions may tell more about guests than everybody on the machine should read.
    private static void CreatePrivateFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
