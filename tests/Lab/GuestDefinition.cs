using System.Xml.Linq;

namespace Recovery.Labs;

/// <summary>Domain XML of a canary as one host would be given it, with all that is bound to that host: paths and addresses.</summary>
internal static class GuestDefinition
{
    public static string For(LabGuest guest, string storagePath, string hostAddress, LabVolume? volume, string portal)
    {
        var directory = guest.DirectoryIn(storagePath);
        return new XElement("domain", new XAttribute("type", "qemu"), // never KVM: the lab runs where there is none
            new XElement("name", guest.Name),
            new XElement("uuid", guest.Uuid),
            new XElement("memory", new XAttribute("unit", "MiB"), guest.MemoryMiB),
            new XElement("vcpu", 1),
            new XElement("os", new XElement("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", guest.Machine), "hvm")),
            new XElement("features", new XElement("acpi")),
            new XElement("devices",
                new XElement("emulator", "/usr/bin/qemu-system-x86_64"),
                BootDisk(directory),
                volume is null ? null : VolumeDisk(volume, portal),
                Interface(guest),
                new XElement("serial", new XAttribute("type", "file"),
                    // Appended, so that the story goes on across hosts.
                    new XElement("source", new XAttribute("path", SerialLog(directory)), new XAttribute("append", "on")),
                    new XElement("target", new XAttribute("port", 0))),
                new XElement("graphics", new XAttribute("type", "vnc"), new XAttribute("port", -1), new XAttribute("autoport", "yes"),
                    new XAttribute("listen", hostAddress)),
                new XElement("memballoon", new XAttribute("model", "none")))).ToString();
    }

    public static string Secret(LabVolume volume) =>
        new XElement("secret", new XAttribute("ephemeral", "no"), new XAttribute("private", "yes"),
            new XElement("uuid", volume.SecretUuid),
            new XElement("description", $"CHAP of volume {volume.Name}"),
            new XElement("usage", new XAttribute("type", "iscsi"), new XElement("target", volume.TargetName))).ToString();

    public static string Disk(string directory) => $"{directory}/disk.qcow2";
    public static string SerialLog(string directory) => $"{directory}/console.log";

    private static XElement BootDisk(string directory) =>
        new("disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
            new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "qcow2")),
            new XElement("source", new XAttribute("file", Disk(directory))),
            new XElement("target", new XAttribute("dev", "vda"), new XAttribute("bus", "virtio")),
            new XElement("boot", new XAttribute("order", 1)));

    // Boot order 2: SeaBIOS doesn't touch a disk without one, and the canary would not find it as drive 81h.
    private static XElement VolumeDisk(LabVolume volume, string portal) =>
        new("disk", new XAttribute("type", "network"), new XAttribute("device", "disk"),
            new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw"), new XAttribute("cache", "none")),
            new XElement("auth", new XAttribute("username", volume.Username),
                new XElement("secret", new XAttribute("type", "iscsi"), new XAttribute("usage", volume.TargetName))),
            new XElement("source", new XAttribute("protocol", "iscsi"), new XAttribute("name", $"{volume.TargetName}/{LabVolume.Lun}"),
                new XElement("host", new XAttribute("name", portal), new XAttribute("port", 3260))),
            new XElement("target", new XAttribute("dev", "vdb"), new XAttribute("bus", "virtio")),
            new XElement("boot", new XAttribute("order", 2)));

    // Without its option ROM, which would look for a network to boot from at every start.
    private static XElement Interface(LabGuest guest) =>
        new("interface", new XAttribute("type", "bridge"),
            new XElement("mac", new XAttribute("address", guest.MacAddress)),
            new XElement("source", new XAttribute("bridge", "br0")),
            new XElement("model", new XAttribute("type", "virtio")),
            new XElement("rom", new XAttribute("enabled", "no")));
}
