using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>Somebody else's database, to read only: rows without keys, nothing tracked, and only the columns that it has.</summary>
internal abstract class ForeignContext(DbContextOptions options, DatabaseSchema schema) : DbContext(options)
{
    public DatabaseSchema Schema => schema;

    public static DbContextOptions<TContext> OptionsOf<TContext>(DatabaseAddress address, DatabaseSchema schema)
        where TContext : ForeignContext => new DbContextOptionsBuilder<TContext>()
            .UseMySql(address.ConnectionString, schema.Version)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .ReplaceService<IModelCacheKeyFactory, BySchema>()
            .Options;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("This context only reads.");

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This context only reads.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var table in MappedTable.Of(GetType()))
        {
            var entity = modelBuilder.Entity(table.Row).HasNoKey().ToTable(table.Name);
            foreach (var column in table.Columns)
            {
                if (schema.Has(table.Name, column.Name))
                {
                    entity.Property(column.Property.Name).HasColumnName(column.Name);
                }
                else
                {
                    entity.Ignore(column.Property.Name);
                }
            }
        }
    }

    private sealed class BySchema : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), ((ForeignContext)context).Schema.Key, designTime);
    }
}
