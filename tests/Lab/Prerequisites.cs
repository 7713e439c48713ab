namespace Recovery.Labs;

/// <summary>What the machine must have before a lab can be built on it.</summary>
public static class Prerequisites
{
    // Program or file → the Debian package that brings it.
    private static readonly (string What, string Package)[] Needed =
    [
        ("bash", "bash"), ("ip", "iproute2"), ("unshare", "util-linux"), ("nsenter", "util-linux"), ("setsid", "util-linux"),
        ("flock", "util-linux"), ("mount", "mount"), ("hostname", "hostname"), ("find", "findutils"), ("tini", "tini"),
        ("nasm", "nasm"), ("libvirtd", "libvirt-daemon"), ("virsh", "libvirt-clients"), ("qemu-system-x86_64", "qemu-system-x86"),
        ("qemu-img", "qemu-utils"), ("tgtd", "tgt"), ("tgtadm", "tgt"),
        ("/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so", "libvirt-daemon-driver-qemu"),
        ("/usr/lib/x86_64-linux-gnu/qemu/block-iscsi.so", "qemu-block-extra"),
        // Its directories under /etc and /var/lib are where each host mounts its own.
        ("/etc/libvirt", "libvirt-daemon-system"),
    ];

    /// <summary>All Debian packages a lab uses, for those who install them.</summary>
    public static IReadOnlyList<string> Packages { get; } = [.. Needed.Select(n => n.Package).Distinct().Order(StringComparer.Ordinal)];

    /// <exception cref="LabException">Not root, or names all that is missing and how to install it.</exception>
    public static void Check()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new LabException("A lab needs root: its hosts are namespaces with networks and mounts of their own. Run it with sudo.");
        var missing = Needed.Where(n => !IsThere(n.What)).ToList();
        if (missing.Count > 0)
            throw new LabException(
                $"This machine lacks {string.Join(", ", missing.Select(m => m.What))}. Install them with: " +
                $"apt-get install --no-install-recommends {string.Join(' ', missing.Select(m => m.Package).Distinct())}");
    }

    private static bool IsThere(string what) => what.StartsWith('/')
        ? Path.Exists(what)
        : SearchPath.Any(directory => File.Exists(Path.Combine(directory, what)));

    private static IEnumerable<string> SearchPath =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(["/usr/sbin", "/sbin"]);
}
