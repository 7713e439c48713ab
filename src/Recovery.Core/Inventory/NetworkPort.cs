namespace Recovery.Core.Inventory;

/// <summary>What a port is plugged into.</summary>
public enum PortKind
{
    LinuxBridge,
    OpenVswitch,
}

/// <summary>A port of an instance, as Neutron knows it.</summary>
/// <param name="Id">Neutron's.</param>
/// <param name="Kind">Of its binding on the target.</param>
/// <param name="Bridge"><c>brq662cb552-dc</c>, <c>br-int</c></param>
/// <param name="Device">The tap device: <c>tap761e7e6a-96</c>.</param>
/// <param name="MacAddress"><c>fa:16:3e:34:8c:53</c></param>
/// <param name="Mtu">In bytes; 0 when unknown.</param>
public sealed record NetworkPort(Guid Id, PortKind Kind, string Bridge, string Device, string MacAddress, int Mtu);
