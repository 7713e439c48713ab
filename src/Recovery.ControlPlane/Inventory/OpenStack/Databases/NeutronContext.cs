using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>neutron: ports, where ML2 has bound them, and agents.</summary>
internal sealed class NeutronContext(DbContextOptions<NeutronContext> options, DatabaseSchema schema) : ForeignContext(options, schema)
{
    public DbSet<PortRow> Ports => Set<PortRow>();

    public DbSet<PortBindingRow> PortBindings => Set<PortBindingRow>();

    public DbSet<PortBindingLevelRow> PortBindingLevels => Set<PortBindingLevelRow>();

    public DbSet<StandardAttributeRow> StandardAttributes => Set<StandardAttributeRow>();

    public DbSet<AgentRow> Agents => Set<AgentRow>();

    internal sealed class PortRow
    {
        public string Id { get; init; } = "";

        public string NetworkId { get; init; } = "";

        public string MacAddress { get; init; } = "";

        public string DeviceId { get; init; } = "";

        public string DeviceOwner { get; init; } = "";

        public string Status { get; init; } = "";

        public long StandardAttrId { get; init; }
    }

    [Table("ml2_port_bindings")]
    internal sealed class PortBindingRow
    {
        public string PortId { get; init; } = "";

        public string Host { get; init; } = "";

        public string VifType { get; init; } = "";

        public string VnicType { get; init; } = "";

        public string Profile { get; init; } = "";

        public string VifDetails { get; init; } = "";

        public string Status { get; init; } = "";
    }

    [Table("ml2_port_binding_levels")]
    internal sealed class PortBindingLevelRow
    {
        public string PortId { get; init; } = "";

        public string Host { get; init; } = "";

        public int Level { get; init; }

        public string? Driver { get; init; }

        public string? SegmentId { get; init; }
    }

    [Table("standardattributes")]
    internal sealed class StandardAttributeRow
    {
        public long Id { get; init; }

        public long RevisionNumber { get; init; }
    }

    internal sealed class AgentRow
    {
        public string AgentType { get; init; } = "";

        public string Host { get; init; } = "";

        public bool AdminStateUp { get; init; }

        public DateTime HeartbeatTimestamp { get; init; }

        public string Configurations { get; init; } = "";
    }
}
