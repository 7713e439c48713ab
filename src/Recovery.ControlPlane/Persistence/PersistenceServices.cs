using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Persistence;

public static class PersistenceServices
{
    /// <summary>SQLite in one file: the embedded default, for one replica.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseOptions options)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(options.File),
            ForeignKeys = true,

            // Writers wait for each other this long, in seconds.
            DefaultTimeout = 30,
        };
        return services.AddDbContextFactory<RecoveryDbContext>(context => context.UseSqlite(connection.ConnectionString));
    }

    /// <summary>Creates the file, with its folder, and brings it to this release's schema, before anybody asks for it.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        var file = Path.GetFullPath(app.Services.GetRequiredService<DatabaseOptions>().File);
        CreatePrivateFolder(Path.GetDirectoryName(file)!);
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<RecoveryDbContext>>()
            .CreateDbContextAsync(cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);

        // Readers don't wait for the writer: the journal is written while the API reads. The file remembers it.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
    }

    // Definitions may tell more about guests than everybody on the machine should read.
    private static void CreatePrivateFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
