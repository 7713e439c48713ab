using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Does what os-vif does for Nova: bridges and switch ports are there before libvirt makes the taps.</summary>
internal sealed class PlugPortsStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.PlugPorts;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline) =>
        await Plug(context.Instance, context.Command.PlugPorts.Ports, deadline);

    internal static async Task<StepSuccess> Plug(string instance, IReadOnlyList<Port> ports, CancellationToken deadline)
    {
        var changes = new List<string>();
        foreach (var port in ports)
        {
            if (port.Kind == PortKind.LinuxBridge) await Bridge(port, changes, deadline);
            else await SwitchPort(instance, port, deadline);
        }
        return new StepSuccess(ports.Count == 1 ? "1 port plugged" : $"{ports.Count} ports plugged", changes);
    }

    private static async Task Bridge(Port port, List<string> changes, CancellationToken deadline)
    {
        if (!Directory.Exists($"/sys/class/net/{port.Bridge}"))
        {
            await Run(port, "ip", ["link", "add", "name", port.Bridge, "type", "bridge", "forward_delay", "0", "stp_state", "0"], deadline);
            if (port.Mtu > 0) await Run(port, "ip", ["link", "set", "dev", port.Bridge, "mtu", $"{port.Mtu}"], deadline);
            changes.Add($"bridge {port.Bridge} was missing on this host and is made; Neutron's agent has to connect it to its network.");
        }
        await Run(port, "ip", ["link", "set", "dev", port.Bridge, "up"], deadline);
    }

    private static async Task SwitchPort(string instance, Port port, CancellationToken deadline)
    {
        List<string> arguments =
        [
            "--timeout=30", "--", "--may-exist", "add-port", port.Bridge, port.Tap, "--", "set", "Interface", port.Tap, $"external_ids:iface-id={port.Id}",
            "external_ids:iface-status=active", $"external_ids:attached-mac={Quoted(port.Mac)}", $"external_ids:vm-uuid={instance}",
        ];
        if (port.Mtu > 0) arguments.Add($"mtu_request={port.Mtu}");
        await Run(port, "ovs-vsctl", arguments, deadline);
    }

    // A colon separates keys from values in ovs-vsctl's language.
    private static string Quoted(string mac) => $"\"{mac}\"";

    private static async Task Run(Port port, string program, IReadOnlyList<string> arguments, CancellationToken deadline)
    {
        deadline.ThrowIfCancellationRequested();
        var (succeeded, output) = await HostProgram.Run(program, arguments, deadline);
        if (!succeeded) throw new StepFailure(ErrorCode.PlugFailed, $"port {port.Id} can't be plugged into {port.Bridge}: {program}: {output}", retryCanHelp: true);
    }
}
