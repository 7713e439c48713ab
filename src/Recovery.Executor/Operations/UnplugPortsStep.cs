using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Takes back Open vSwitch's ports, where they are still those of the instance's ports.</summary>
internal sealed class UnplugPortsStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.UnplugPorts;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline) =>
        await Unplug(context.Instance, context.Command.UnplugPorts.Ports, deadline);

    internal static async Task<StepSuccess> Unplug(string instance, IReadOnlyList<Port> ports, CancellationToken deadline)
    {
        var removed = 0;
        foreach (var port in ports.Where(port => port.Kind == PortKind.OpenVswitch))
        {
            deadline.ThrowIfCancellationRequested();
            // Another's port of this name has another id, and stays.
            var found = await Ask(port, ["--timeout=30", "--bare", "--columns=name", "find", "Interface", $"name={port.Tap}",
                $"external_ids:iface-id={port.Id}", $"external_ids:vm-uuid={instance}"], deadline);
            if (found != port.Tap) continue;
            await Ask(port, ["--timeout=30", "--", "--if-exists", "del-port", port.Bridge, port.Tap], deadline);
            removed++;
        }
        return new StepSuccess(removed == 1 ? "1 port unplugged" : $"{removed} ports unplugged");
    }

    private static async Task<string> Ask(Port port, IReadOnlyList<string> arguments, CancellationToken deadline)
    {
        var (succeeded, output) = await HostProgram.Run("ovs-vsctl", arguments, deadline);
        return succeeded ? output
            : throw new StepFailure(ErrorCode.PlugFailed, $"port {port.Id} can't be unplugged from {port.Bridge}: ovs-vsctl: {output}", retryCanHelp: true);
    }
}
