namespace Recovery.Core.Inventory;

/// <summary>One disk of an instance. At most one of its sources is set; a drive without medium has none.</summary>
public sealed record Disk
{
    /// <summary>The guest's name for it: <c>vda</c>.</summary>
    public required string Target { get; init; }

    /// <summary><c>disk</c>, <c>cdrom</c>, <c>floppy</c> or <c>lun</c>, as libvirt names them.</summary>
    public string Device { get; init; } = "disk";

    /// <summary><c>qcow2</c>, <c>raw</c>; empty when the definition does not say.</summary>
    public string Format { get; init; } = "";

    public bool ReadOnly { get; init; }

    public bool Shareable { get; init; }

    /// <summary>Virtual size in bytes as last seen; 0 when unknown. A disk that shrank is not this disk.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The <c>&lt;disk&gt;</c> element of a disk that was plugged into the running guest only; else null.</summary>
    public string? LiveXml { get; init; }

    public HostFile? File { get; init; }

    /// <summary>Files below a disk file, nearest first: its qcow2 backing chain.</summary>
    public IReadOnlyList<HostFile> BackingFiles { get; init; } = [];

    /// <summary>A device path below <c>/dev</c>: bound to the host that names it.</summary>
    public string? BlockDevice { get; init; }

    public IscsiLun? Iscsi { get; init; }

    /// <summary>A file of an NFS share that its host has to mount.</summary>
    public ShareFile? Share { get; init; }

    /// <summary>Another network disk, as <c>rbd:pool/image</c>.</summary>
    public string? Network { get; init; }

    /// <summary>The volume backend that a host has to reach for it, as <see cref="Host.Backends"/> names it; null for none.</summary>
    public string? Backend => Iscsi?.Backend;
}

/// <summary>A file that an instance needs, and the storage that it lives in.</summary>
/// <param name="Role"><c>disk</c>, <c>backing</c>, <c>nvram</c>, <c>kernel</c>, <c>initrd</c>.</param>
/// <param name="Path">Where the reporting host sees it.</param>
/// <param name="StorageId">Empty when it is on no storage that could be shared.</param>
/// <param name="PathInStorage">Relative to the storage's root.</param>
/// <param name="Format"><c>qcow2</c> or <c>raw</c> for disks and backing files.</param>
public sealed record HostFile(string Role, string Path, string StorageId, string PathInStorage, string Format = "")
{
    public bool OnStorage => StorageId.Length > 0;
}

/// <summary>A logical unit of an iSCSI target (RFC 7143), without its secret.</summary>
/// <param name="PortalHost">Address or name of the portal.</param>
/// <param name="PortalPort">TCP port, 3260 by default.</param>
/// <param name="TargetName">The target's IQN.</param>
/// <param name="Lun">The logical unit's number.</param>
/// <param name="ChapUsername">Empty when the target asks for no CHAP.</param>
/// <param name="InitiatorName">The guest's own initiator name; empty for QEMU's default.</param>
public sealed record IscsiLun(
    string PortalHost,
    int PortalPort,
    string TargetName,
    int Lun,
    string ChapUsername = "",
    string InitiatorName = "")
{
    /// <summary>Its portal, as <see cref="Host.Backends"/> names it.</summary>
    public string Backend => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"iscsi {PortalHost}:{PortalPort}");
}

/// <summary>A file at the root of an NFS share, as Cinder's NFS drivers keep volumes.</summary>
/// <param name="Export"><c>10.0.0.5:/export</c></param>
/// <param name="Options">Of the mount; empty for the host's own.</param>
/// <param name="Name"><c>volume-caa8c9ba-0a72-4108-83b2-1859432f1719</c></param>
/// <param name="Format"><c>raw</c> or <c>qcow2</c></param>
public sealed record ShareFile(string Export, string Options, string Name, string Format);
