using System.Net;

namespace Recovery.Executor.Configuration;

/// <summary>Configuration → settings, or every fault in it at once: an operator fixes a file once, not six times.</summary>
internal static class SettingsReader
{
    public const string Section = "Executor";
    private const string DefaultInstancesPath = "/var/lib/nova/instances";

    public const string DefaultListen = "127.0.0.1:7071";

    private static readonly string[] Known =
    [
        "Host", "Listen", "AllowPlaintext", "StateDirectory", "RuntimeDirectory", "KeepAutostart", "GuestListenAddress", "LibvirtUri", "Storages", "InstancesPath", "NovaMountBase", "Tls",
    ];

    /// <returns>The settings, or null when <paramref name="faults"/> names any.</returns>
    public static ExecutorSettings? Read(IConfiguration configuration, out IReadOnlyList<string> faults)
    {
        var section = configuration.GetSection(Section);
        var found = new List<string>();
        NameUnknownKeys(section, found);
        var tls = ReadTls(section.GetSection("Tls"), found);
        var settings = new ExecutorSettings
        {
            Host = ReadHost(section, found),
            Listen = ReadListen(section, encrypted: section.GetSection("Tls").GetChildren().Any(), found),
            StateDirectory = ReadAbsolute(section, "StateDirectory", "/var/lib/recovery-executor", found),
            RuntimeDirectory = ReadAbsolute(section, "RuntimeDirectory", "/run/recovery-executor", found),
            KeepAutostart = ReadFlag(section, "KeepAutostart", fallback: true, found),
            GuestListenAddress = ReadAddress(section, found),
            LibvirtUri = section["LibvirtUri"] is { Length: > 0 } uri ? uri : "qemu:///system",
            Storages = ReadStorages(section.GetSection("Storages"), found),
            InstancesPath = ReadInstancesPath(section, found),
            NovaMountBase = ReadAbsolute(section, "NovaMountBase", "/var/lib/nova/mnt", found),
            Tls = tls,
        };
        faults = found;
        return found.Count == 0 ? settings : null;
    }

    private static void NameUnknownKeys(IConfigurationSection section, List<string> faults)
    {
        foreach (var key in section.GetChildren().Select(child => child.Key))
        {
            if (!Known.Contains(key, StringComparer.OrdinalIgnoreCase))
                faults.Add($"{Section}:{key} is unknown; known are {string.Join(", ", Known)}");
        }
    }

    private static string ReadHost(IConfigurationSection section, List<string> faults)
    {
        var host = section["Host"] is { Length: > 0 } given ? given : Environment.MachineName;
        if (host.Length > 253 || !host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'))
            faults.Add($"{Section}:Host '{host}' is no host name: up to 253 letters, digits, '-', '.' and '_'");
        return host;
    }

    private static IPEndPoint ReadListen(IConfigurationSection section, bool encrypted, List<string> faults)
    {
        var text = section["Listen"] is { Length: > 0 } given ? given : DefaultListen;
        if (!IPEndPoint.TryParse(text, out var listen) || listen.Port == 0)
        {
            faults.Add($"{Section}:Listen '{text}' is no address with a port, such as 10.0.0.11:7071 or [::]:7071");
            return new IPEndPoint(IPAddress.Loopback, 0);
        }
        var allowPlaintext = ReadFlag(section, "AllowPlaintext", fallback: false, faults);
        if (!encrypted && !allowPlaintext && !IPAddress.IsLoopback(listen.Address))
            faults.Add($"{Section}:Listen {listen} is open to the network without TLS: CHAP passwords and commands with root's power "
                + $"would travel in clear, from anybody. Give {Section}:Tls:Certificate, Key and ClientCa, or say "
                + $"{Section}:AllowPlaintext=true where the network itself is trusted");
        return listen;
    }

    private static bool ReadFlag(IConfigurationSection section, string key, bool fallback, List<string> faults)
    {
        if (section[key] is not { Length: > 0 } text) return fallback;
        if (bool.TryParse(text, out var flag)) return flag;
        faults.Add($"{Section}:{key} '{text}' is neither true nor false");
        return fallback;
    }

    private static IPAddress ReadAddress(IConfigurationSection section, List<string> faults)
    {
        var text = section["GuestListenAddress"] is { Length: > 0 } given ? given : "127.0.0.1";
        if (IPAddress.TryParse(text, out var address)) return address;
        faults.Add($"{Section}:GuestListenAddress '{text}' is no IP address");
        return IPAddress.Loopback;
    }

    private static string ReadAbsolute(IConfigurationSection section, string key, string fallback, List<string> faults)
    {
        var path = section[key] is { Length: > 0 } given ? given : fallback;
        if (!Path.IsPathRooted(path)) faults.Add($"{Section}:{key} '{path}' is no absolute path");
        return path;
    }

    // A host without Nova has none, unless its operator says so.
    private static string ReadInstancesPath(IConfigurationSection section, List<string> faults) =>
        section["InstancesPath"] is { Length: > 0 } ? ReadAbsolute(section, "InstancesPath", "", faults)
        : Directory.Exists(DefaultInstancesPath) ? DefaultInstancesPath
        : "";

    private static List<string> ReadStorages(IConfigurationSection section, List<string> faults)
    {
        if (section.Value is { Length: > 0 }) faults.Add($"{Section}:Storages is a list: {Section}:Storages:0=/srv/pool");
        var paths = section.GetChildren().Select(child => (child.Path, Value: child.Value ?? "")).ToList();
        foreach (var (key, value) in paths.Where(path => !Path.IsPathRooted(path.Value)))
            faults.Add($"{key} '{value}' is no absolute path");
        // One with a trailing slash is the same storage; definitions are compared without it.
        var roots = paths.Select(path => path.Value.Length > 1 ? path.Value.TrimEnd('/') : path.Value).ToList();
        foreach (var twice in roots.GroupBy(root => root, StringComparer.Ordinal).Where(same => same.Count() > 1))
            faults.Add($"{Section}:Storages names {twice.Key} {twice.Count()} times");
        return roots;
    }

    private static TlsFiles? ReadTls(IConfigurationSection section, List<string> faults)
    {
        string[] keys = ["Certificate", "Key", "ClientCa"];
        var given = keys.Where(key => section[key] is { Length: > 0 }).ToList();
        foreach (var unknown in section.GetChildren().Select(child => child.Key).Except(keys, StringComparer.OrdinalIgnoreCase))
            faults.Add($"{Section}:Tls:{unknown} is unknown; known are {string.Join(", ", keys)}");
        if (given.Count == 0) return null;
        foreach (var missing in keys.Except(given))
            faults.Add($"{Section}:Tls:{missing} is missing; TLS needs a certificate, its key, and the CA that signs clients");
        foreach (var key in given.Where(key => !File.Exists(section[key])))
            faults.Add($"{Section}:Tls:{key} names {section[key]}, which does not exist or can't be read");
        return given.Count == keys.Length ? new TlsFiles(section["Certificate"]!, section["Key"]!, section["ClientCa"]!) : null;
    }
}
