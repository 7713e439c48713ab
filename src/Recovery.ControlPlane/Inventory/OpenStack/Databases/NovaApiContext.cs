using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>nova_api: what is above the cells.</summary>
internal sealed class NovaApiContext(DbContextOptions<NovaApiContext> options, DatabaseSchema schema) : ForeignContext(options, schema)
{
    public DbSet<CellMappingRow> CellMappings => Set<CellMappingRow>();

    public DbSet<HostMappingRow> HostMappings => Set<HostMappingRow>();

    public DbSet<InstanceMappingRow> InstanceMappings => Set<InstanceMappingRow>();

    public DbSet<AggregateRow> Aggregates => Set<AggregateRow>();

    public DbSet<AggregateHostRow> AggregateHosts => Set<AggregateHostRow>();

    public DbSet<AggregateMetadataRow> AggregateMetadata => Set<AggregateMetadataRow>();

    public DbSet<InstanceGroupRow> InstanceGroups => Set<InstanceGroupRow>();

    public DbSet<InstanceGroupMemberRow> InstanceGroupMember => Set<InstanceGroupMemberRow>();

    public DbSet<InstanceGroupPolicyRow> InstanceGroupPolicy => Set<InstanceGroupPolicyRow>();

    public DbSet<RequestSpecRow> RequestSpecs => Set<RequestSpecRow>();

    internal sealed class CellMappingRow
    {
        public int Id { get; init; }

        public string Uuid { get; init; } = "";

        public string? Name { get; init; }

        public string? DatabaseConnection { get; init; }

        public bool? Disabled { get; init; }
    }

    internal sealed class HostMappingRow
    {
        public int CellId { get; init; }

        public string Host { get; init; } = "";
    }

    internal sealed class InstanceMappingRow
    {
        public string InstanceUuid { get; init; } = "";

        public int? CellId { get; init; }
    }

    internal sealed class AggregateRow
    {
        public int Id { get; init; }

        public string? Name { get; init; }
    }

    internal sealed class AggregateHostRow
    {
        public string? Host { get; init; }

        public int AggregateId { get; init; }
    }

    internal sealed class AggregateMetadataRow
    {
        public int AggregateId { get; init; }

        public string Key { get; init; } = "";

        public string Value { get; init; } = "";
    }

    internal sealed class InstanceGroupRow
    {
        public int Id { get; init; }

        public string Uuid { get; init; } = "";

        public string? Name { get; init; }
    }

    internal sealed class InstanceGroupMemberRow
    {
        public string? InstanceUuid { get; init; }

        public int GroupId { get; init; }
    }

    internal sealed class InstanceGroupPolicyRow
    {
        public int GroupId { get; init; }

        public string? Policy { get; init; }

        /// <summary>JSON.</summary>
        public string? Rules { get; init; }
    }

    internal sealed class RequestSpecRow
    {
        public string InstanceUuid { get; init; } = "";

        /// <summary>JSON of several KiB.</summary>
        public string Spec { get; init; } = "";
    }
}
