namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>What a definition says of the host that it was written on: nova.conf of the source, which no database has.</summary>
public sealed record DefinitionPlace
{
    /// <summary>The source's instances_path, absolute.</summary>
    public required string InstancesPath { get; init; }

    /// <summary>nova's package version: <c>26.2.2</c>. The major number decides what the driver writes.</summary>
    public required string NovaVersion { get; init; }

    /// <summary>[libvirt] nfs_mount_point_base.</summary>
    public string NfsMountBase { get; init; } = "/var/lib/nova/mnt";

    /// <summary>[libvirt] virt_type: <c>kvm</c> or <c>qemu</c>.</summary>
    public string VirtType { get; init; } = "kvm";

    /// <summary>[libvirt] cpu_mode: <c>none</c>, <c>host-model</c>, <c>host-passthrough</c> or <c>custom</c>.</summary>
    public string CpuMode { get; init; } = "host-model";

    /// <summary>First of [libvirt] cpu_models; for the mode custom.</summary>
    public string? CpuModel { get; init; }

    /// <summary>[libvirt] cpu_model_extra_flags, a leading <c>-</c> takes one away.</summary>
    public IReadOnlyList<string> CpuFlags { get; init; } = [];

    /// <summary>For instances whose system_metadata names none; null: such are refused.</summary>
    public string? MachineType { get; init; }

    public string Architecture { get; init; } = "x86_64";

    /// <summary>Null: libvirt's own choice.</summary>
    public string? Emulator { get; init; } = "/usr/bin/qemu-system-x86_64";

    /// <summary>[libvirt] images_type: <c>qcow2</c>, or <c>raw</c> (also called flat).</summary>
    public string ImagesType { get; init; } = "qcow2";

    /// <summary>Cache mode of local disks: <c>none</c> where the file system has O_DIRECT.</summary>
    public string CacheMode { get; init; } = "none";

    /// <summary>config_drive_format: <c>iso9660</c> or <c>vfat</c>.</summary>
    public string ConfigDriveFormat { get; init; } = "iso9660";

    /// <summary>[vnc] server_listen; null where VNC is off.</summary>
    public string? VncListen { get; init; }

    /// <summary>pointer_model is usbtablet.</summary>
    public bool UsbTablet { get; init; } = true;

    /// <summary>[libvirt] rng_dev_path.</summary>
    public string RngDevice { get; init; } = "/dev/urandom";

    /// <summary>[libvirt] mem_stats_period_seconds; 0: no balloon.</summary>
    public int MemoryStatsSeconds { get; init; } = 10;

    /// <summary>instance_name_template.</summary>
    public string InstanceNameTemplate { get; init; } = "instance-%08x";
}
