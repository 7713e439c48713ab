using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>The database of one cell.</summary>
internal sealed class NovaContext(DbContextOptions<NovaContext> options, DatabaseSchema schema) : ForeignContext(options, schema)
{
    public DbSet<InstanceRow> Instances => Set<InstanceRow>();

    public DbSet<InstanceExtraRow> InstanceExtra => Set<InstanceExtraRow>();

    public DbSet<InstanceInfoCacheRow> InstanceInfoCaches => Set<InstanceInfoCacheRow>();

    public DbSet<InstanceSystemMetadataRow> InstanceSystemMetadata => Set<InstanceSystemMetadataRow>();

    public DbSet<BlockDeviceMappingRow> BlockDeviceMapping => Set<BlockDeviceMappingRow>();

    public DbSet<MigrationRow> Migrations => Set<MigrationRow>();

    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<ComputeNodeRow> ComputeNodes => Set<ComputeNodeRow>();

    internal sealed class InstanceRow
    {
        public int Id { get; init; }

        public string Uuid { get; init; } = "";

        public string? DisplayName { get; init; }

        public string? Host { get; init; }

        public string? Node { get; init; }

        /// <summary>Since 2023.2.</summary>
        [NotInEveryRelease]
        public int? ComputeId { get; init; }

        public string? TaskState { get; init; }

        public string? VmState { get; init; }

        public int? PowerState { get; init; }

        public string? AvailabilityZone { get; init; }

        public DateTime? LaunchedAt { get; init; }

        public DateTime? CreatedAt { get; init; }

        public int? Progress { get; init; }

        public bool? Locked { get; init; }

        public string? UserId { get; init; }

        public string? ProjectId { get; init; }

        public string? ImageRef { get; init; }

        public string? KernelId { get; init; }

        public string? RamdiskId { get; init; }

        public string? RootDeviceName { get; init; }

        public string? ConfigDrive { get; init; }

        public string? OsType { get; init; }

        public string? Architecture { get; init; }

        public string? VmMode { get; init; }

        public int? MemoryMb { get; init; }

        public int? Vcpus { get; init; }

        public int? RootGb { get; init; }

        public int? EphemeralGb { get; init; }

        public bool? Hidden { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class InstanceExtraRow
    {
        public string InstanceUuid { get; init; } = "";

        public string? NumaTopology { get; init; }

        public string? PciRequests { get; init; }

        public string? Flavor { get; init; }

        public string? TrustedCerts { get; init; }

        public string? Vpmems { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class InstanceInfoCacheRow
    {
        public string InstanceUuid { get; init; } = "";

        public string? NetworkInfo { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class InstanceSystemMetadataRow
    {
        public string InstanceUuid { get; init; } = "";

        public string Key { get; init; } = "";

        public string? Value { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class BlockDeviceMappingRow
    {
        public int Id { get; init; }

        public string? Uuid { get; init; }

        public string? InstanceUuid { get; init; }

        public string? DeviceName { get; init; }

        public string? SourceType { get; init; }

        public string? DestinationType { get; init; }

        public string? DeviceType { get; init; }

        public string? DiskBus { get; init; }

        public int? BootIndex { get; init; }

        public string? GuestFormat { get; init; }

        public int? VolumeSize { get; init; }

        public string? VolumeId { get; init; }

        public string? AttachmentId { get; init; }

        public bool? Encrypted { get; init; }

        public string? Tag { get; init; }

        public bool? NoDevice { get; init; }

        public string? ConnectionInfo { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class MigrationRow
    {
        public int Id { get; init; }

        public string? Uuid { get; init; }

        public string? InstanceUuid { get; init; }

        public string? Status { get; init; }

        public string? MigrationType { get; init; }

        public string? SourceCompute { get; init; }

        public string? SourceNode { get; init; }

        public string? DestCompute { get; init; }

        /// <summary>Since 2023.2.</summary>
        [NotInEveryRelease]
        public int? DestComputeId { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class ServiceRow
    {
        public int Id { get; init; }

        public string? Host { get; init; }

        public string? Binary { get; init; }

        public bool? Disabled { get; init; }

        public string? DisabledReason { get; init; }

        public bool? ForcedDown { get; init; }

        public DateTime? LastSeenUp { get; init; }

        public int? Deleted { get; init; }
    }

    internal sealed class ComputeNodeRow
    {
        public int Id { get; init; }

        public string? Uuid { get; init; }

        public string? Host { get; init; }

        public string? HypervisorHostname { get; init; }

        public string? HostIp { get; init; }

        public int? Deleted { get; init; }
    }
}
