using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>placement: what every host has to give, and who has taken it.</summary>
internal sealed class PlacementContext(DbContextOptions<PlacementContext> options, DatabaseSchema schema) : ForeignContext(options, schema)
{
    public DbSet<ResourceProviderRow> ResourceProviders => Set<ResourceProviderRow>();

    public DbSet<InventoryRow> Inventories => Set<InventoryRow>();

    public DbSet<AllocationRow> Allocations => Set<AllocationRow>();

    public DbSet<ConsumerRow> Consumers => Set<ConsumerRow>();

    public DbSet<ResourceClassRow> ResourceClasses => Set<ResourceClassRow>();

    public DbSet<TraitRow> Traits => Set<TraitRow>();

    public DbSet<ResourceProviderTraitRow> ResourceProviderTraits => Set<ResourceProviderTraitRow>();

    internal sealed class ResourceProviderRow
    {
        public int Id { get; init; }

        public string Uuid { get; init; } = "";

        public int? Generation { get; init; }
    }

    internal sealed class InventoryRow
    {
        public int ResourceProviderId { get; init; }

        public int ResourceClassId { get; init; }

        public int Total { get; init; }

        public int Reserved { get; init; }

        public int MinUnit { get; init; }

        public int MaxUnit { get; init; }

        public int StepSize { get; init; }

        public float AllocationRatio { get; init; }
    }

    internal sealed class AllocationRow
    {
        public int Id { get; init; }

        public int ResourceProviderId { get; init; }

        public string ConsumerId { get; init; } = "";

        public int ResourceClassId { get; init; }

        public int Used { get; init; }
    }

    internal sealed class ConsumerRow
    {
        public int Id { get; init; }

        public string Uuid { get; init; } = "";

        public int Generation { get; init; }

        public int ProjectId { get; init; }

        public int UserId { get; init; }
    }

    internal sealed class ResourceClassRow
    {
        public int Id { get; init; }

        public string Name { get; init; } = "";
    }

    internal sealed class TraitRow
    {
        public int Id { get; init; }

        public string Name { get; init; } = "";
    }

    internal sealed class ResourceProviderTraitRow
    {
        public int TraitId { get; init; }

        public int ResourceProviderId { get; init; }
    }
}
