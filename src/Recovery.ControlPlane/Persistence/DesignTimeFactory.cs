using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Recovery.ControlPlane.Persistence;

/// <summary>For <c>dotnet ef migrations add</c> only: the model without the application around it.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<RecoveryDbContext>
{
    public RecoveryDbContext CreateDbContext(string[] args) => new(
        new DbContextOptionsBuilder<RecoveryDbContext>().UseSqlite("Data Source=design-time.db").Options);
}
