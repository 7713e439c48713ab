using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Recovery.ControlPlane.Persistence.Sqlite;

/// <summary>The model as SQLite keeps it, and the owner of its migrations.</summary>
internal sealed class SqliteRecoveryDbContext(DbContextOptions<SqliteRecoveryDbContext> options) : RecoveryDbContext(options);

/// <summary>For <c>dotnet ef migrations add</c> only: the model without the application around it.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteRecoveryDbContext>
{
    public SqliteRecoveryDbContext CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<SqliteRecoveryDbContext>().UseSqlite("Data Source=design-time.db").Options);
}
