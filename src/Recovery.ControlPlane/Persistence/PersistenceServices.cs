using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence.MySql;
using Recovery.ControlPlane.Persistence.Sqlite;

namespace Recovery.ControlPlane.Persistence;

public static class PersistenceServices
{
    public static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseOptions options)
    {
        if (options.Provider.Equals(DatabaseOptions.MySql, StringComparison.OrdinalIgnoreCase))
        {
            services.AddSingleton<RecoveryDatabase, MySqlDatabase>();
        }
        else
        {
            services.AddSingleton<RecoveryDatabase, SqliteDatabase>();
        }

        return services.AddSingleton<IDbContextFactory<RecoveryDbContext>>(all => all.GetRequiredService<RecoveryDatabase>());
    }

    /// <summary>Before anybody asks it: SQLite's file is made and migrated, MySQL has to be there and migrated.</summary>
    /// <exception cref="DatabaseRefusedException">It can't be used as it is; the message says why and what to do.</exception>
    public static Task PrepareDatabaseAsync(this WebApplication app, CancellationToken cancellationToken = default) =>
        app.Services.GetRequiredService<RecoveryDatabase>().OpenAsync(cancellationToken);

    /// <summary><c>recovery-control-plane migrate</c>.</summary>
    /// <returns>A sentence on what was done.</returns>
    /// <exception cref="DatabaseRefusedException">It can't be used as it is; the message says why and what to do.</exception>
    public static async Task<string> MigrateDatabaseAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        var database = app.Services.GetRequiredService<RecoveryDatabase>();
        var applied = await database.MigrateAsync(cancellationToken);
        return applied.Count == 0
            ? $"{database.Name} has this release's schema already; nothing was done."
            : $"{database.Name} has this release's schema now. Applied: {string.Join(", ", applied)}.";
    }
}
