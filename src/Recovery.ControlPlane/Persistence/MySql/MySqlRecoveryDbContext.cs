using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Recovery.ControlPlane.Persistence.MySql;

/// <summary>The model as MySQL and MariaDB keep it, and the owner of its migrations.</summary>
internal sealed class MySqlRecoveryDbContext(DbContextOptions<MySqlRecoveryDbContext> options) : RecoveryDbContext(options)
{
    /// <summary>Names and keys are told apart and sorted by their code points, as SQLite does it: a is not A, nor ä.</summary>
    internal const string Collation = "utf8mb4_bin";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasCharSet("utf8mb4").UseCollation(Collation);
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>For <c>dotnet ef migrations add</c> only: the model without the application, and without a server.</summary>
internal sealed class MySqlDesignTimeFactory : IDesignTimeDbContextFactory<MySqlRecoveryDbContext>
{
    public MySqlRecoveryDbContext CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<MySqlRecoveryDbContext>()
            .UseMySql("Server=localhost", new MariaDbServerVersion("10.11"))
            .Options);
}
