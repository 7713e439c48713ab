using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Recovery.Labs;

/// <summary>A domain as the host's libvirt lists it. States are libvirt's words: "running", "shut off", "paused", "crashed".</summary>
public sealed record LabDomain(string Name, string State);

/// <summary>How much of the network a cut takes away.</summary>
public enum Cut
{
    /// <summary>The cable is pulled: guests run on, and hang when they touch an iSCSI volume.</summary>
    Everything,

    /// <summary>As with a storage network of its own: nobody reaches the host, and its guests go on writing to their volumes.</summary>
    ButStorage,
}

/// <summary>A hypervisor of the lab.</summary>
public sealed partial class LabHost
{
    private static readonly TimeSpan LibvirtPatience = TimeSpan.FromSeconds(30);
    private readonly Machine _machine;

    internal LabHost(LabState state, LabNetwork network, LabOptions options, int number)
    {
        _machine = new Machine(state, LabNetwork.HostName(number));
        Address = network.HostAddress(number);
        Executor = new HostExecutor(_machine, Address, options.ExecutorPort);
    }

    public string Name => _machine.Name;
    public string Address { get; }
    public HostExecutor Executor { get; }
    public bool IsOn => _machine.IsOn;

    /// <summary>What is cut, or null while the host is joined to the network. It outlasts a power cycle.</summary>
    public Cut? WhatIsCut => _machine.WhatIsCut switch { null => null, ButStorageWord => Cut.ButStorage, _ => Cut.Everything };

    /// <summary>Living processes of the host; empty when it is off.</summary>
    public IReadOnlyList<MachineProcess> Processes() => _machine.Processes();

    /// <summary>Pulls the power cord. Returns when every process of the host is gone; its peers hear no goodbye.</summary>
    public Task PowerOffAsync(CancellationToken cancellationToken = default) => _machine.PowerOffAsync(cancellationToken);

    /// <summary>
    /// Returns when libvirt answers, and the executor listens where the lab has one. No guest starts by itself.
    /// A host that is on already is left as it is, with its executor running or not.
    /// </summary>
    public async Task PowerOnAsync(CancellationToken cancellationToken = default)
    {
        var wasOn = IsOn;
        await _machine.PowerOnAsync(cancellationToken);
        await LibvirtAnswersAsync(cancellationToken);
        if (Executor.IsConfigured && !wasOn) await Executor.ListensAsync(cancellationToken);
    }

    public Task CutAsync(Cut cut = Cut.Everything, CancellationToken cancellationToken = default) =>
        _machine.CutAsync(cut == Cut.ButStorage ? ButStorageWord : "everything", cancellationToken);

    public Task JoinAsync(CancellationToken cancellationToken = default) => _machine.JoinAsync(cancellationToken);

    /// <summary>Runs a command inside the host, whatever its exit code.</summary>
    public Task<ToolResult> ExecAsync(IReadOnlyList<string> command, string? input = null, CancellationToken cancellationToken = default) =>
        _machine.TryAsync(command, cancellationToken, input);

    /// <summary>The command that runs another one inside the host, for those who start it themselves.</summary>
    public IReadOnlyList<string> CommandInside(IReadOnlyList<string> command) => _machine.Enter(command);

    /// <returns>What virsh printed.</returns>
    /// <exception cref="LabException">Libvirt refused; carries its own words.</exception>
    public Task<string> VirshAsync(IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellationToken = default) =>
        _machine.RunAsync(["virsh", "--quiet", "--connect", "qemu:///system", .. arguments], cancellationToken, input);

    /// <summary>All domains that the host's libvirt knows; empty when the host is off.</summary>
    public async Task<IReadOnlyList<LabDomain>> DomainsAsync(CancellationToken cancellationToken = default)
    {
        if (!IsOn) return [];
        string table;
        try
        {
            table = await VirshAsync(["list", "--all"], null, cancellationToken);
        }
        catch (LabException) when (!IsOn)
        {
            return []; // The cord was pulled while we asked.
        }

        return [.. table.Split('\n').Select(line => DomainLine().Match(line)).Where(m => m.Success)
            .Select(m => new LabDomain(m.Groups["name"].Value, m.Groups["state"].Value))];
    }

    private async Task LibvirtAnswersAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LibvirtPatience);
        try
        {
            while (!await SocketAcceptsAsync(patience.Token))
            {
                if (!IsOn) throw new LabException($"{Name} went off while it started. Its last words: {_machine.LastWords("console.log")}");
                await Task.Delay(20, patience.Token);
            }

            // The socket is there before the drivers are; the first request waits for them.
            await VirshAsync(["uri"], null, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"libvirtd of {Name} did not answer within {LibvirtPatience.TotalSeconds:0} s. " +
                $"Its last words: {_machine.LastWords("console.log")}; see {_machine.File("disk/var/log/libvirt")}");
        }
    }

    private async Task<bool> SocketAcceptsAsync(CancellationToken cancellationToken)
    {
        if (!IsOn) return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_machine.Inside("/run/libvirt/libvirt-sock")), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private const string ButStorageWord = "but-storage";

    [GeneratedRegex(@"^\s*(-|\d+)\s+(?<name>\S.*?)\s{2,}(?<state>\S.*?)\s*$")]
    private static partial Regex DomainLine();
}
