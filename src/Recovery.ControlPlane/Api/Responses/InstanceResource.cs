using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>An instance, as the host that it belongs to reported it last.</summary>
/// <param name="Id">The UUID of its domain.</param>
/// <param name="Name">The name of its domain; missing when its host has not reported it yet.</param>
/// <param name="Host">The host that it belongs to.</param>
/// <param name="Since">Since when it belongs to that host.</param>
/// <param name="State">running, paused, shutOff or crashed.</param>
/// <param name="MemoryMib">Maximum memory in MiB.</param>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="Autostart">libvirt starts it with its host.</param>
/// <param name="DefinitionAgeSeconds">Since its host last reported it.</param>
/// <param name="ReportedAt">When that was.</param>
/// <param name="DefinitionHref">Where its kept definition is.</param>
/// <param name="Disks">Its disks.</param>
/// <param name="Requirements">What its definition asks of its host; missing when its host has not reported it yet.</param>
/// <param name="Policy">What its owner wants for it; missing when its host has not reported it yet.</param>
public sealed record InstanceResource(
    Guid Id,
    string? Name,
    string Host,
    DateTimeOffset Since,
    DomainState? State,
    long? MemoryMib,
    int? Vcpus,
    bool? Autostart,
    double? DefinitionAgeSeconds,
    DateTimeOffset? ReportedAt,
    string? DefinitionHref,
    IReadOnlyList<DiskResource> Disks,
    HostRequirements? Requirements,
    PolicyResource? Policy)
{
    internal static InstanceResource From(InstanceRow instance, DomainRow? domain, DateTimeOffset now) => new(
        instance.Id,
        domain?.Name,
        instance.Host,
        instance.Since,
        domain?.State,
        domain?.MemoryMib,
        domain?.Vcpus,
        domain?.Autostart,
        domain is null ? null : Math.Round((now - domain.ReportedAt).TotalSeconds, 1),
        domain?.ReportedAt,
        domain is null ? null : Links.Definition(instance.Id),
        [.. (domain?.Disks ?? []).Select(DiskResource.From)],
        domain?.Requirements,
        domain is null ? null : PolicyResource.From(domain));
}

/// <summary>A disk of an instance.</summary>
/// <param name="Target">The guest's name for it: vda.</param>
/// <param name="Device">disk, cdrom, floppy or lun.</param>
/// <param name="Format">qcow2 or raw.</param>
/// <param name="Source">A path, a device, iscsi:PORTAL/TARGET/LUN or another network disk; missing for an empty drive.</param>
/// <param name="StorageId">The storage that its file is in; missing when it is in none that could be shared.</param>
/// <param name="SizeMib">Virtual size in MiB; missing when unknown.</param>
/// <param name="ReadOnly">The guest can't write it.</param>
/// <param name="PluggedIn">It was plugged into the running guest and is not in its definition.</param>
public sealed record DiskResource(
    string Target,
    string Device,
    string Format,
    string? Source,
    string? StorageId,
    long? SizeMib,
    bool ReadOnly,
    bool PluggedIn)
{
    internal static DiskResource From(Disk disk) => new(
        disk.Target,
        disk.Device,
        disk.Format,
        disk switch
        {
            { File: { } file } => file.Path,
            { BlockDevice: { } device } => device,
            { Iscsi: { } lun } => $"iscsi:{lun.PortalHost}:{lun.PortalPort}/{lun.TargetName}/{lun.Lun}",
            _ => disk.Network,
        },
        disk.File is { OnStorage: true } stored ? stored.StorageId : null,
        disk.SizeBytes > 0 ? disk.SizeBytes / (1024 * 1024) : null,
        disk.ReadOnly,
        disk.LiveXml is not null);
}
