namespace Recovery.Demo;

/// <summary>What the demo was asked for.</summary>
/// <param name="Hosts">Hypervisors, node1 upwards; node1 is the one that dies.</param>
/// <param name="Instances">Guests on node1.</param>
/// <param name="Json">One JSON document on standard output at the end, the story on standard error.</param>
/// <param name="Keep">Leave it running to play with.</param>
internal sealed record DemoOptions(int Hosts, int Instances, bool Json, bool Keep)
{
    /// <summary>Name of the lab, second octet of its network, and port of the control plane: another of each runs beside it.</summary>
    public required string Lab { get; init; }

    public required int Subnet { get; init; }

    public required int Port { get; init; }

    public required string Executor { get; init; }

    public required string ControlPlane { get; init; }
}
