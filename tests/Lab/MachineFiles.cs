using System.Text;

namespace Recovery.Labs;

/// <summary>Writes what a machine's scripts and daemons read, before it is switched on for the first time.</summary>
internal sealed class MachineFiles(LabState state, LabOptions options, LabNetwork network)
{
    public async Task WriteStorageNodeAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.Volumes);
        await WriteCommonAsync(LabNetwork.StorageName, network.StorageAddress, network.StorageCable, "storage-node", cancellationToken);
    }

    public async Task WriteHypervisorAsync(int number, CancellationToken cancellationToken)
    {
        var name = LabNetwork.HostName(number);
        await WriteCommonAsync(name, network.HostAddress(number), network.HostCable(number), "hypervisor", cancellationToken);
        var seen = options.Storages.Where(s => s.PathOn(name) is not null);
        await WriteAsync(name, "storages", string.Concat(seen.Select(s => $"{state.Storage(s.Name)}\t{s.PathOn(name)}\n")), cancellationToken);
        if (options.ExecutorBinary is not null)
            await WriteAsync(name, "executor.arguments", string.Concat(ExecutorCommand(number).Select(a => a + "\n")), cancellationToken);
        var libvirt = Directory.CreateDirectory($"{state.Machine(name)}/disk/etc/libvirt").FullName;
        await LabState.WriteAsync($"{libvirt}/libvirtd.conf", LibvirtdConfiguration(number), cancellationToken);
        await LabState.WriteAsync($"{libvirt}/qemu.conf", QemuConfiguration(number), cancellationToken);
    }

    private async Task WriteCommonAsync(string name, string address, string cable, string firstProgram, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.Machine(name));
        var executor = options.ExecutorBinary is { } binary ? Path.GetDirectoryName(Path.GetFullPath(binary)) : null;
        (string Key, string? Value)[] variables =
        [
            ("LAB", state.Lab), ("MACHINE", name), ("NAMESPACE", network.Namespace(name)), ("BRIDGE", network.Bridge), ("CABLE", cable),
            ("ADDRESS", address), ("PREFIX", $"{LabNetwork.PrefixLength}"), ("NETWORK", network.Network),
            ("STORAGE_ADDRESS", network.StorageAddress), ("FIRST_PROGRAM", firstProgram), ("EXECUTOR_DIRECTORY", executor),
        ];
        await WriteAsync(name, "machine.env", string.Concat(variables.Select(v => $"{v.Key}={Quoted(v.Value ?? "")}\n")), cancellationToken);
        var hosts = new StringBuilder("127.0.0.1 localhost\n").Append($"{network.StorageAddress} {LabNetwork.StorageName}\n");
        for (var n = 1; n <= options.Hosts; n++) hosts.Append($"{network.HostAddress(n)} {LabNetwork.HostName(n)}\n");
        await WriteAsync(name, "hosts", hosts.ToString(), cancellationToken);
        await WriteAsync(name, "resolv.conf", "", cancellationToken);
    }

    private IEnumerable<string> ExecutorCommand(int number)
    {
        var (name, address) = (LabNetwork.HostName(number), network.HostAddress(number));
        var paths = options.Storages.Select(s => s.PathOn(name)).OfType<string>();
        return
        [
            $"/run/lab/executor/{Path.GetFileName(options.ExecutorBinary)}",
            $"--Executor:Host={name}",
            $"--Executor:Listen={address}:{options.ExecutorPort}",
            "--Executor:AllowPlaintext=true",
            "--Executor:StateDirectory=/var/lib/recovery-executor",
            $"--Executor:GuestListenAddress={address}",
            .. paths.Select((path, i) => $"--Executor:Storages:{i}={path}"),
            .. options.ExecutorArguments,
        ];
    }

    // An own host_uuid, or a migration between two hosts would be refused as one to itself.
    private string LibvirtdConfiguration(int number) => $"""
        host_uuid = "00000000-0000-4000-{0x8000 + network.Subnet:x4}-{number:x12}"
        auth_unix_rw = "none"
        listen_tls = 0
        listen_tcp = 1
        listen_addr = "{network.HostAddress(number)}"
        auth_tcp = "none"

        """;

    // stdio_handler "file": QEMU itself writes a guest's serial log, so that a power cut loses no byte of it.
    private string QemuConfiguration(int number) => $"""
        user = "root"
        group = "root"
        security_driver = "none"
        cgroup_controllers = []
        namespaces = []
        remember_owner = 0
        stdio_handler = "file"
        migration_host = "{network.HostAddress(number)}"

        """;

    private Task WriteAsync(string machine, string file, string text, CancellationToken cancellationToken) =>
        LabState.WriteAsync($"{state.Machine(machine)}/{file}", text, cancellationToken);

    private static string Quoted(string value) => $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
