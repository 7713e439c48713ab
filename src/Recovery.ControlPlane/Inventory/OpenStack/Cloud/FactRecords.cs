using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Rows as records.</summary>
internal static class FactRecords
{
    public static InstanceRecord Of(NovaContext.InstanceRow row, bool hasComputeId) => new()
    {
        Id = row.Id,
        Uuid = Guid.Parse(row.Uuid),
        DisplayName = row.DisplayName ?? "",
        Host = row.Host,
        Node = row.Node,
        ComputeId = row.ComputeId,
        HasComputeId = hasComputeId,
        TaskState = row.TaskState,
        VmState = row.VmState,
        PowerState = row.PowerState,
        AvailabilityZone = row.AvailabilityZone,
        LaunchedAt = row.LaunchedAt,
        CreatedAt = row.CreatedAt,
        Progress = row.Progress,
        Locked = row.Locked == true,
        UserId = row.UserId,
        ProjectId = row.ProjectId,
        ImageRef = row.ImageRef,
        KernelId = row.KernelId,
        RamdiskId = row.RamdiskId,
        RootDeviceName = row.RootDeviceName,
        ConfigDrive = row.ConfigDrive,
        OsType = row.OsType,
        Architecture = row.Architecture,
        VmMode = row.VmMode,
        MemoryMib = row.MemoryMb ?? 0,
        Vcpus = row.Vcpus ?? 0,
        RootGib = row.RootGb ?? 0,
        EphemeralGib = row.EphemeralGb ?? 0,
    };

    public static BlockDevice Of(NovaContext.BlockDeviceMappingRow row) => new()
    {
        Id = row.Id,
        Uuid = Id(row.Uuid),
        DeviceName = row.DeviceName,
        SourceType = row.SourceType,
        DestinationType = row.DestinationType,
        DeviceType = row.DeviceType,
        DiskBus = row.DiskBus,
        BootIndex = row.BootIndex,
        GuestFormat = row.GuestFormat,
        SizeGib = row.VolumeSize,
        VolumeId = Id(row.VolumeId),
        AttachmentId = Id(row.AttachmentId),
        Encrypted = row.Encrypted == true,
        Tag = row.Tag,
        NoDevice = row.NoDevice == true,
        ConnectionInfoText = row.ConnectionInfo,
        ConnectionInfo = Json.Read(row.ConnectionInfo) as JsonObject,
    };

    public static EvacuationRecord Of(NovaContext.MigrationRow row) =>
        new(row.Id, Id(row.Uuid), row.Status ?? "", row.SourceCompute, row.SourceNode, row.DestCompute, row.Deleted is not (null or 0));

    public static ComputeService Of(NovaContext.ServiceRow row) =>
        new(row.Id, row.Host ?? "", row.Disabled == true, row.DisabledReason, row.ForcedDown == true, row.LastSeenUp);

    public static VolumeRecord Of(CinderContext.VolumeRow row) => new(
        Guid.Parse(row.Id), row.DisplayName, row.Size ?? 0, row.Status, row.AttachStatus, row.Host, row.ProviderLocation,
        row.Multiattach == true, row.EncryptionKeyId);

    public static VolumeAttachment Of(CinderContext.VolumeAttachmentRow row) => new(
        Guid.Parse(row.Id), Guid.Parse(row.VolumeId), row.AttachedHost, Id(row.InstanceUuid), row.Mountpoint, row.AttachStatus, row.AttachMode,
        row.ConnectionInfo, row.Connector);

    private static Guid? Id(string? column) => Guid.TryParse(column, out var id) ? id : null;
}
