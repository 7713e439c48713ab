using System.Text.RegularExpressions;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Watching;

/// <summary>
/// What kind of thing a device of this host is, from /sys/bus: another host has another device at this address, or the
/// same kind at another one.
/// </summary>
internal static partial class HostDevices
{
    private const string Root = "/sys/bus";

    /// <summary>"pci 10de:1eb8", "mdev nvidia-35"; "pci at 0000:3b:00.0" where this host doesn't tell.</summary>
    public static string ClassOf(GivenDevice device, string root = Root) =>
        Known(device, root) ?? (device.Address.Length > 0 ? $"{device.Kind} at {device.Address}" : device.Kind);

    // An address comes from a definition; only what looks like one becomes part of a path.
    private static string? Known(GivenDevice device, string root)
    {
        try
        {
            return device.Kind switch
            {
                "pci" when PciAddress().IsMatch(device.Address) => $"pci {Id("vendor")}:{Id("device")}",
                "mdev" when Guid.TryParse(device.Address, out var uuid) => MediatedType(Path.Combine(root, "mdev/devices", uuid.ToString("D"), "mdev_type")),
                _ => null,
            };
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        string Id(string file) => File.ReadAllText(Path.Combine(root, "pci/devices", device.Address, file)).Trim().Replace("0x", "", StringComparison.Ordinal);
    }

    // A link to the type's directory, whose name begins with the driver's own: "nvidia-35", "i915-GVTg_V5_4".
    private static string? MediatedType(string link) =>
        Directory.ResolveLinkTarget(link, returnFinalTarget: false) is { } type ? $"mdev {type.Name}" : null;

    [GeneratedRegex("^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]$")]
    private static partial Regex PciAddress();
}
