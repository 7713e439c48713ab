namespace Recovery.Executor.Watching;

/// <summary>Network devices of this host, from /sys/class/net.</summary>
internal static class NetworkDevices
{
    private const string Root = "/sys/class/net";

    public static IReadOnlyList<string> All(string root = Root) => Named(root, _ => true);

    /// <summary>Linux bridges, and Open vSwitch's, each of which shows itself as an internal port of its own name.</summary>
    public static IReadOnlyList<string> Bridges(string root = Root) =>
        Named(root, device => Directory.Exists(Path.Combine(device, "bridge")) || IsOpenVSwitchInternal(device));

    // The kernel names the driver's device type for internal ports of Open vSwitch, bridges among them.
    private static bool IsOpenVSwitchInternal(string device)
    {
        var uevent = Path.Combine(device, "uevent");
        return File.Exists(uevent) && File.ReadLines(uevent).Contains("DEVTYPE=openvswitch");
    }

    private static IReadOnlyList<string> Named(string root, Func<string, bool> counts) => Directory.Exists(root)
        ? [.. Directory.EnumerateFileSystemEntries(root).Where(counts).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];
}
