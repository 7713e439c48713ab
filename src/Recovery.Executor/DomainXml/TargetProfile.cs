namespace Recovery.Executor.DomainXml;

/// <summary>
/// What the target host is and has, as far as a definition depends on it. A list whose remark says "empty: unchecked"
/// leaves its question to libvirt, which answers when the guest is defined or started.
/// </summary>
public sealed record TargetProfile
{
    /// <summary>The target's name, as sentences for operators shall call it.</summary>
    public required string Host { get; init; }

    /// <summary>The target's own address, on which graphics and serial consoles listen instead of the source's.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>libvirt's name of the host's architecture: "x86_64".</summary>
    public required string Architecture { get; init; }

    /// <summary>Paths of the QEMU binaries there. Empty: a definition that names one is refused.</summary>
    public required IReadOnlyList<string> Emulators { get; init; }

    /// <summary>Where each storage was on the source, and where the target sees it.</summary>
    public required IReadOnlyList<StorageMapping> Storages { get; init; }

    /// <summary>iSCSI volumes as the target shall reach them.</summary>
    public IReadOnlyList<VolumeMapping> Volumes { get; init; } = [];

    /// <summary>Volumes that are files of exports, where the target has mounted them.</summary>
    public IReadOnlyList<FileVolume> FileVolumes { get; init; } = [];

    /// <summary>Taps for which a port of Open vSwitch is made before the guest starts.</summary>
    public IReadOnlyList<string> PluggedTaps { get; init; } = [];

    /// <summary>Kinds of virtualization, "kvm" and "qemu", that the target offers. Empty: unchecked.</summary>
    public IReadOnlyList<string> DomainTypes { get; init; } = [];

    /// <summary>Machine types, canonical names and aliases. Empty: unchecked.</summary>
    public IReadOnlyList<string> MachineTypes { get; init; } = [];

    /// <summary>Custom CPU models that the target can give to a guest. Empty: unchecked.</summary>
    public IReadOnlyList<string> CpuModels { get; init; } = [];

    /// <summary>CPU model of the target itself, as virConnectGetCapabilities names it. Null: unknown.</summary>
    public string? HostCpuModel { get; init; }

    /// <summary>CPU model of the host that the definition comes from. Null: unknown; host-passthrough is then refused.</summary>
    public string? SourceHostCpuModel { get; init; }

    /// <summary>Linux and Open vSwitch bridges on the target.</summary>
    public IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>False, with no bridge listed: bridges are unchecked.</summary>
    public bool BridgesKnown { get; init; }

    /// <summary>libvirt's virtual networks on the target.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>False, with no network listed: networks are unchecked.</summary>
    public bool NetworksKnown { get; init; }

    /// <summary>Network devices of the target on which macvtap may be stacked under the same name. Others are refused.</summary>
    public IReadOnlyList<string> NetworkDevices { get; init; } = [];

    /// <summary>Loaders, ROMs and ACPI tables that exist on the target at these paths. Others are refused.</summary>
    public IReadOnlyList<string> FirmwareFiles { get; init; } = [];

    /// <summary>UUIDs of the libvirt secrets that the target has.</summary>
    public IReadOnlyList<string> SecretUuids { get; init; } = [];

    /// <summary>Usage names of the libvirt secrets that the target has.</summary>
    public IReadOnlyList<string> SecretUsages { get; init; } = [];

    /// <summary>Where console logs go that were on no storage. It exists on every host that has libvirt.</summary>
    public string LogDirectory { get; init; } = "/var/log/libvirt/qemu";
}

/// <summary>A storage that both hosts see.</summary>
/// <param name="Id">The storage's id.</param>
/// <param name="SourcePath">Its root on the source, absolute.</param>
/// <param name="TargetPath">Its root on the target, absolute.</param>
public sealed record StorageMapping(string Id, string SourcePath, string TargetPath);

/// <summary>A volume that is a file of a mounted export.</summary>
/// <param name="DiskTarget">The guest's disk that it is: "vdb".</param>
/// <param name="Path">The file on the target, absolute.</param>
/// <param name="Name">The file's name, which the definition must have too.</param>
public sealed record FileVolume(string DiskTarget, string Path, string Name);

/// <summary>An iSCSI logical unit as the target's QEMU shall reach it with its own initiator.</summary>
/// <param name="DiskTarget">The guest's disk that it is: "vdb".</param>
/// <param name="PortalHost">Name or address of the portal; an IPv6 address without brackets.</param>
/// <param name="PortalPort">TCP port of the portal, usually 3260.</param>
/// <param name="TargetName">The target's IQN.</param>
/// <param name="Lun">The logical unit's number.</param>
/// <param name="ChapUsername">Null: no CHAP.</param>
/// <param name="SecretUsage">Usage name of the libvirt secret that holds the CHAP password; wanted with a CHAP username.</param>
/// <param name="InitiatorName">The guest's own initiator IQN. Null: the definition's, or QEMU's default.</param>
public sealed record VolumeMapping(
    string DiskTarget,
    string PortalHost,
    int PortalPort,
    string TargetName,
    uint Lun,
    string? ChapUsername = null,
    string? SecretUsage = null,
    string? InitiatorName = null);
