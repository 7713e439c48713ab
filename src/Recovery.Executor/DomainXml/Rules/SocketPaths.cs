namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Unix sockets that QEMU listens on: made by libvirt, or in a directory that every host has, or refused.</summary>
internal static class SocketPaths
{
    private static readonly string[] DirectoriesEverywhere =
        ["/var/lib/libvirt/qemu", "/run/libvirt/qemu", "/var/run/libvirt/qemu", "/run", "/var/run", "/tmp"];

    /// <summary>libvirt keeps its own in a directory for channels, or in one with the running guest's number.</summary>
    public static bool IsGenerated(string path)
    {
        var parts = path.Split('/');
        var libvirt = Array.IndexOf(parts, "libvirt");
        return libvirt >= 0
            && parts.Skip(libvirt + 1).SkipLast(1).Any(part =>
                part == "channel" || (part.StartsWith("domain-", StringComparison.Ordinal) && part.Length > 7 && char.IsAsciiDigit(part[7])));
    }

    public static bool HasDirectoryEverywhere(string path) =>
        path.LastIndexOf('/') is > 0 and var end && DirectoriesEverywhere.Contains(path[..end]) && !path.EndsWith("/..", StringComparison.Ordinal);

    public static string Refusal(string subject, string path, string host) =>
        $"{subject}: it listens on the Unix socket {Sentence.Quote(path)}, whose directory may not exist on {host}. Leave the path out, so that libvirt makes its own, or use /var/lib/libvirt/qemu.";
}
