using System.Reflection;

namespace Recovery.Executor.Configuration;

/// <summary>What stands on the command line apart from settings.</summary>
internal static class CommandLine
{
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static string Help { get; } = $"""
        recovery-executor {Version}: carries out one recovery step at a time on this host, and reports what the host is.

        recovery-executor [--config FILE] [--Executor:KEY=VALUE ...]   serve
        recovery-executor rewrite --profile FILE < domain.xml          show how a definition would be rewritten for a host
        recovery-executor autostart                                    the guests to be started with this host, kept from libvirt
        recovery-executor autostart drop NAME|UUID                     forget one of them
        recovery-executor autostart give-back                          libvirt has their flags again; before the executor is removed
        recovery-executor --version | --help

        Settings come from the JSON file, then the environment (Executor__Host=node1), then the command line; the last wins.
          Executor:Host                  this host's name in the cluster (default: the machine's name)
          Executor:Listen                address and port (default: {SettingsReader.DefaultListen})
          Executor:AllowPlaintext        true: listen beyond loopback without TLS, on a network that is trusted
          Executor:StateDirectory        where the operation log and the kept autostart flags live (default: /var/lib/recovery-executor)
          Executor:RuntimeDirectory      cleared by a reboot, which is how one is told (default: /run/recovery-executor)
          Executor:KeepAutostart         false: leave libvirt's autostart flags alone; a host that comes back then starts
                                         its flagged guests before anybody can say that they run elsewhere (default: true)
          Executor:GuestListenAddress    where consoles of recovered guests listen (default: 127.0.0.1)
          Executor:LibvirtUri            default: qemu:///system
          Executor:Storages:0, :1, ...   roots of storages, each with a marker file .recovery-storage-id
          Executor:InstancesPath         Nova's instances_path (default: /var/lib/nova/instances where it exists)
          Executor:NovaMountBase         where Nova's NFS volumes are mounted (default: /var/lib/nova/mnt)
          Executor:Tls:Certificate, :Key, :ClientCa   PEM files; clients must then show a certificate of that CA
        """;

    /// <summary>The settings' sources in order; what the command line can't mean is a fault.</summary>
    public static IConfiguration Configure(IReadOnlyList<string> arguments, List<string> faults)
    {
        var builder = new ConfigurationBuilder();
        var settings = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--config" && i + 1 < arguments.Count) AddFile(builder, arguments[++i], faults);
            else if (argument.StartsWith("--config=", StringComparison.Ordinal)) AddFile(builder, argument["--config=".Length..], faults);
            else if (argument.StartsWith($"--{SettingsReader.Section}:", StringComparison.OrdinalIgnoreCase) && argument.Contains('=')) settings.Add(argument);
            else faults.Add($"'{argument}' is not understood; see recovery-executor --help");
        }
        builder.AddEnvironmentVariables().AddCommandLine([.. settings]);
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException broken)
        {
            faults.Add(broken.InnerException is { } cause ? $"{broken.Message} {cause.Message}" : broken.Message);
            return new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. settings]).Build();
        }
    }

    private static void AddFile(IConfigurationBuilder builder, string path, List<string> faults)
    {
        if (File.Exists(path)) builder.AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false);
        else faults.Add($"--config names {path}, which does not exist or can't be read");
    }
}
