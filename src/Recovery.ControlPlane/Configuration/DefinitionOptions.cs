namespace Recovery.ControlPlane.Configuration;

/// <summary>
/// What nova.conf of the hypervisors says and no database has. It is needed for instances whose host never reported their
/// definition: theirs is made of Nova's rows. Defaults are Nova's own. <c>Recovery:OpenStack:Definitions:</c>
/// </summary>
public sealed record DefinitionOptions
{
    /// <summary>[libvirt] virt_type: <c>kvm</c> or <c>qemu</c>.</summary>
    public string VirtType { get; init; } = "kvm";

    /// <summary>[libvirt] cpu_mode: <c>none</c>, <c>host-model</c>, <c>host-passthrough</c> or <c>custom</c>.</summary>
    public string CpuMode { get; init; } = "host-model";

    /// <summary>The first of [libvirt] cpu_models, for the mode custom.</summary>
    public string CpuModel { get; init; } = "";

    /// <summary>[libvirt] cpu_model_extra_flags, separated by commas; a leading <c>-</c> takes one away.</summary>
    public string CpuFlags { get; init; } = "";

    /// <summary>For instances that remember no machine type of their own; empty: such are not made.</summary>
    public string MachineType { get; init; } = "";

    public string Architecture { get; init; } = "x86_64";

    /// <summary>[libvirt] images_type: <c>qcow2</c> or <c>raw</c>.</summary>
    public string ImagesType { get; init; } = "qcow2";

    /// <summary>Cache mode of local disks: <c>none</c> where their file system has O_DIRECT, else <c>writethrough</c>.</summary>
    public string CacheMode { get; init; } = "none";

    /// <summary><c>iso9660</c> or <c>vfat</c>.</summary>
    public string ConfigDriveFormat { get; init; } = "iso9660";

    /// <summary>[vnc] server_listen; empty where VNC is off.</summary>
    public string VncListen { get; init; } = "127.0.0.1";

    /// <summary>pointer_model is usbtablet.</summary>
    public bool UsbTablet { get; init; } = true;

    /// <summary>instances_path, of hosts that never told theirs.</summary>
    public string InstancesPath { get; init; } = "/var/lib/nova/instances";

    /// <summary>[libvirt] nfs_mount_point_base.</summary>
    public string NfsMountBase { get; init; } = "/var/lib/nova/mnt";

    /// <summary>Nova's package version: its first number decides what is written, and guests see all of it in their firmware.</summary>
    public string NovaVersion { get; init; } = "26.0.0";
}
