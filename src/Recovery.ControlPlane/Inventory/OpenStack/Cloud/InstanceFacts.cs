using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>
/// One instance with every row that its steps and its definition need, read fresh: what compare-and-set compares with.
/// </summary>
public sealed record InstanceFacts
{
    public required string Cell { get; init; }

    public required InstanceRecord Instance { get; init; }

    /// <summary>instance_system_metadata.</summary>
    public required IReadOnlyDictionary<string, string> SystemMetadata { get; init; }

    /// <summary>instance_extra.flavor, the object under <c>cur</c>/<c>nova_object.data</c>; null when there is none.</summary>
    public JsonObject? Flavor { get; init; }

    /// <summary>instance_info_caches.network_info; empty when there is none.</summary>
    public JsonArray NetworkInfo { get; init; } = [];

    /// <summary>block_device_mapping, not deleted, by id.</summary>
    public IReadOnlyList<BlockDevice> BlockDevices { get; init; } = [];

    /// <summary>Its evacuations that still arm a clean-up: status accepted, pre-migrating or done, soft-deleted ones included.</summary>
    public IReadOnlyList<EvacuationRecord> Evacuations { get; init; } = [];

    /// <summary>services row of its host's nova-compute; null when there is none.</summary>
    public ComputeService? SourceService { get; init; }

    /// <summary>In Placement; null when it has no consumer there.</summary>
    public ConsumerRecord? Consumer { get; init; }

    public IReadOnlyList<AllocationRecord> Allocations { get; init; } = [];

    /// <summary>cinder.volume_attachment of its volumes, not deleted.</summary>
    public IReadOnlyList<VolumeAttachment> Attachments { get; init; } = [];

    public IReadOnlyList<VolumeRecord> Volumes { get; init; } = [];

    public IReadOnlyList<PortRecord> Ports { get; init; } = [];
}

/// <summary>The columns of nova.instances that steps compare with, change, or build a domain of. Times are UTC.</summary>
public sealed record InstanceRecord
{
    public required int Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string DisplayName { get; init; }

    public string? Host { get; init; }

    public string? Node { get; init; }

    /// <summary>2023.2 and later; null where the column is missing or empty.</summary>
    public int? ComputeId { get; init; }

    /// <summary>The column instances.compute_id is there.</summary>
    public bool HasComputeId { get; init; }

    public string? TaskState { get; init; }

    public string? VmState { get; init; }

    public int? PowerState { get; init; }

    public string? AvailabilityZone { get; init; }

    public DateTime? LaunchedAt { get; init; }

    public int? Progress { get; init; }

    public bool Locked { get; init; }

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

    public required int MemoryMib { get; init; }

    public required int Vcpus { get; init; }

    public int RootGib { get; init; }

    public int EphemeralGib { get; init; }

    public DateTime? CreatedAt { get; init; }
}

/// <summary>A row of nova.block_device_mapping.</summary>
public sealed record BlockDevice
{
    public required int Id { get; init; }

    public Guid? Uuid { get; init; }

    public string? DeviceName { get; init; }

    public string? SourceType { get; init; }

    public string? DestinationType { get; init; }

    public string? DeviceType { get; init; }

    public string? DiskBus { get; init; }

    public int? BootIndex { get; init; }

    public string? GuestFormat { get; init; }

    public int? SizeGib { get; init; }

    public Guid? VolumeId { get; init; }

    public Guid? AttachmentId { get; init; }

    public bool Encrypted { get; init; }

    public string? Tag { get; init; }

    public bool NoDevice { get; init; }

    /// <summary>As the column has it, for compare-and-set.</summary>
    public string? ConnectionInfoText { get; init; }

    /// <summary>Nested: driver_volume_type, data{}, …; null when the column is empty or can't be read.</summary>
    public JsonObject? ConnectionInfo { get; init; }
}

public sealed record EvacuationRecord(
    int Id, Guid? Uuid, string Status, string? SourceCompute, string? SourceNode, string? DestCompute, bool Deleted);

public sealed record ComputeService(
    int Id, string Host, bool Disabled, string? DisabledReason, bool ForcedDown, DateTime? LastSeenUp);

public sealed record ConsumerRecord(int Id, Guid Uuid, int Generation, int ProjectId, int UserId);

public sealed record AllocationRecord(int Id, int ProviderId, Guid ProviderUuid, int ProviderGeneration, int ResourceClassId, string ResourceClass, int Used);

/// <summary>A row of cinder.volume_attachment; the JSON columns as they are.</summary>
public sealed record VolumeAttachment(
    Guid Id, Guid VolumeId, string? AttachedHost, Guid? InstanceUuid, string? MountPoint, string? AttachStatus, string? AttachMode,
    string? ConnectionInfo, string? Connector);

public sealed record VolumeRecord(
    Guid Id, string? Name, int SizeGib, string? Status, string? AttachStatus, string? Host, string? ProviderLocation, bool Multiattach, string? EncryptionKeyId);

public sealed record PortRecord
{
    public required Guid Id { get; init; }

    public required Guid NetworkId { get; init; }

    public required string MacAddress { get; init; }

    public string DeviceOwner { get; init; } = "";

    public string Status { get; init; } = "";

    /// <summary>standardattributes.</summary>
    public required long StandardAttributeId { get; init; }

    public required long RevisionNumber { get; init; }

    public IReadOnlyList<PortBinding> Bindings { get; init; } = [];

    public IReadOnlyList<PortBindingLevel> Levels { get; init; } = [];
}

public sealed record PortBinding(string Host, string VifType, string VnicType, string Profile, string VifDetails, string Status);

public sealed record PortBindingLevel(string Host, int Level, string? Driver, string? SegmentId);

/// <summary>A host that an instance shall go to, read fresh.</summary>
/// <param name="Host">services.host.</param>
/// <param name="Node">compute_nodes.hypervisor_hostname.</param>
/// <param name="Cell">The cell's name.</param>
/// <param name="ComputeNodeId">compute_nodes.id.</param>
/// <param name="ProviderId">placement.resource_providers.id.</param>
/// <param name="Address">compute_nodes.host_ip.</param>
/// <param name="Zone">What instances.availability_zone becomes.</param>
/// <param name="ProviderUuid">placement.resource_providers.uuid.</param>
/// <param name="ProviderGeneration">placement.resource_providers.generation.</param>
/// <param name="Agents">Its agents in Neutron.</param>
public sealed record TargetFacts(
    string Host, string Node, string Cell, int ComputeNodeId, string Address, string Zone,
    int ProviderId, Guid ProviderUuid, int ProviderGeneration, IReadOnlyList<NetworkAgent> Agents)
{
    /// <summary>Its iSCSI name; empty when it is not known.</summary>
    public string InitiatorName { get; init; } = "";

    /// <summary>migrations.dest_compute_id is there (2023.2 and later).</summary>
    public bool HasDestComputeId { get; init; }

    /// <summary>Its nova-compute; null when it has none.</summary>
    public ComputeService? Service { get; init; }
}

/// <summary>neutron.agents of that host.</summary>
public sealed record NetworkAgent(string Type, bool Alive, string Configurations);
