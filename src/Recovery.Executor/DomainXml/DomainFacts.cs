namespace Recovery.Executor.DomainXml;

/// <summary>What a recovery must know of a definition.</summary>
/// <param name="Uuid">Lower case, with dashes.</param>
/// <param name="Name">libvirt's name of the domain.</param>
/// <param name="MemoryMiB">Memory that the guest can use at most, rounded up.</param>
/// <param name="Vcpus">Virtual processors that the guest can use at most.</param>
/// <param name="Disks">In the order of the definition.</param>
/// <param name="Files">Other files that the guest needs in order to start and that no package brings.</param>
/// <param name="Firmware">Loaders, ROMs and ACPI tables below /usr: a package brings them, the target must have it too.</param>
public sealed record DomainFacts(
    string Uuid,
    string Name,
    ulong MemoryMiB,
    uint Vcpus,
    IReadOnlyList<DiskFacts> Disks,
    IReadOnlyList<FileFacts> Files,
    IReadOnlyList<FileFacts> Firmware);

/// <param name="Target">"vda"</param>
/// <param name="Device">disk, cdrom, floppy, lun</param>
/// <param name="Format">qcow2, raw; raw when the definition doesn't say</param>
/// <param name="ReadOnly">The guest can't write it. A cdrom always is.</param>
/// <param name="Shareable">Several guests may write it at once.</param>
/// <param name="Source">Where its data is.</param>
public sealed record DiskFacts(
    string Target, string Device, string Format, bool ReadOnly, bool Shareable, DiskSource Source);

/// <summary>Where a disk's data is.</summary>
public abstract record DiskSource;

/// <param name="Path">An image, or for a virtual FAT disk a directory, on the reporting host.</param>
public sealed record FileSource(string Path) : DiskSource;

/// <param name="Path">Below /dev.</param>
/// <param name="Iscsi">The logical unit that a path of /dev/disk/by-path tells; null for any other device.</param>
public sealed record BlockSource(string Path, IscsiSource? Iscsi) : DiskSource;

/// <param name="PortalHost">Name or address; an IPv6 address without brackets.</param>
/// <param name="PortalPort">3260 when the definition names none.</param>
/// <param name="TargetName">The target's IQN.</param>
/// <param name="Lun">0 when the definition names none.</param>
/// <param name="ChapUsername">Null: no CHAP.</param>
/// <param name="InitiatorName">Null: QEMU's default.</param>
public sealed record IscsiSource(
    string PortalHost, int PortalPort, string TargetName, uint Lun, string? ChapUsername, string? InitiatorName) : DiskSource;

/// <param name="Name">"rbd:pool/image", "nbd:export"; "volume:pool/name" for a volume of a libvirt storage pool.</param>
public sealed record NetworkSource(string Name) : DiskSource;

/// <summary>An empty drive.</summary>
public sealed record NoSource : DiskSource;

/// <param name="Role">nvram, kernel, initrd, dtb, shim, loader, rom, acpi-table, firmware-config, filesystem, tpm-state, lease, pstore</param>
/// <param name="Path">On the reporting host.</param>
public sealed record FileFacts(string Role, string Path);
