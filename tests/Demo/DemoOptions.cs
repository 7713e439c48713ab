namespace Recovery.Demo;

/// <summary>What the demo was asked for.</summary>
/// <param name="Hosts">Hypervisors, node1 upwards; node1 is the one that dies.</param>
/// <param name="Instances">Guests on node1.</param>
/// <param name="Json">One JSON document on standard output at the end, the story on standard error.</param>
/// <param name="Keep">Leave it running to play with.</param>
internal sealed record DemoOptions(int Hosts, int Instances, bool Json, bool Keep)
{
    public const string Lab = "demo";

    public required string Executor { get; init; }

    public required string ControlPlane { get; init; }
}
