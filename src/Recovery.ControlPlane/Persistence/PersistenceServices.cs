using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Persistence;

public static class PersistenceServices
{
    /// <summary>The control plane's own database in a SQLite file.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseOptions options)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = options.File,
            ForeignKeys = true,

            // Writers wait for each other this long, in seconds.
            DefaultTimeout = 15,
        };
        services.AddDbContextFactory<RecoveryDbContext>(context => context.UseSqlite(connection.ConnectionString));
        return services;
    }

    /// <summary>The folder, the file and its tables, before anybody asks for them.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        var file = Path.GetFullPath(app.Services.GetRequiredService<DatabaseOptions>().File);
        CreateForOwnerOnly(Path.GetDirectoryName(file)!);
        var databases = app.Services.GetRequiredService<IDbContextFactory<RecoveryDbContext>>();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (database.Database.GetMigrations().Any())
        {
            await database.Database.MigrateAsync(cancellationToken);
        }
        else
        {
            await database.Database.EnsureCreatedAsync(cancellationToken);
        }

        // Readers don't wait for the writer. The file remembers it.
        await database.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
    }

    private static void CreateForOwnerOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
