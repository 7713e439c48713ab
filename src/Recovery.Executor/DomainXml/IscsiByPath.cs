using System.Globalization;

namespace Recovery.Executor.DomainXml;

/// <summary>udev's name of a logged-in iSCSI LUN: /dev/disk/by-path/ip-PORTAL:PORT-iscsi-IQN-lun-N, with a bus before "ip-" at times.</summary>
internal static class IscsiByPath
{
    private const string Directory = "/dev/disk/by-path/";

    /// <summary>Null for any other device, and for a partition: that is not the LUN.</summary>
    public static IscsiSource? Parse(string? path)
    {
        if (path?.StartsWith(Directory, StringComparison.Ordinal) != true)
        {
            return null;
        }

        var name = path[Directory.Length..];
        var portalAt = name.StartsWith("ip-", StringComparison.Ordinal) ? 0 : name.IndexOf("-ip-", StringComparison.Ordinal) + 1;
        var iscsiAt = name.IndexOf("-iscsi-", StringComparison.Ordinal);
        var lunAt = name.LastIndexOf("-lun-", StringComparison.Ordinal);
        if (!name.AsSpan(portalAt).StartsWith("ip-") || iscsiAt < portalAt + 3 || lunAt < iscsiAt + "-iscsi-".Length || name.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var portal = name[(portalAt + 3)..iscsiAt];
        var colon = portal.LastIndexOf(':');
        return colon > 0
            && int.TryParse(portal.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535
            && uint.TryParse(name.AsSpan(lunAt + "-lun-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var lun)
                ? new IscsiSource(portal[..colon].Trim('[', ']'), port, name[(iscsiAt + "-iscsi-".Length)..lunAt], lun, null, null)
                : null;
    }
}
