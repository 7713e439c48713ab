using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>cinder: volumes, and who has them attached. The CHAP secrets of volumes.provider_auth are not read.</summary>
internal sealed class CinderContext(DbContextOptions<CinderContext> options, DatabaseSchema schema) : ForeignContext(options, schema)
{
    public DbSet<VolumeRow> Volumes => Set<VolumeRow>();

    public DbSet<VolumeAttachmentRow> VolumeAttachment => Set<VolumeAttachmentRow>();

    internal sealed class VolumeRow
    {
        public string Id { get; init; } = "";

        public string? DisplayName { get; init; }

        public int? Size { get; init; }

        public string? Status { get; init; }

        public string? AttachStatus { get; init; }

        public string? Host { get; init; }

        public string? ProviderLocation { get; init; }

        public bool? Multiattach { get; init; }

        public string? EncryptionKeyId { get; init; }

        public bool? Deleted { get; init; }
    }

    internal sealed class VolumeAttachmentRow
    {
        public string Id { get; init; } = "";

        public string VolumeId { get; init; } = "";

        public string? AttachedHost { get; init; }

        public string? InstanceUuid { get; init; }

        public string? Mountpoint { get; init; }

        public string? AttachStatus { get; init; }

        public string? AttachMode { get; init; }

        public string? ConnectionInfo { get; init; }

        public string? Connector { get; init; }

        public bool? Deleted { get; init; }
    }
}
