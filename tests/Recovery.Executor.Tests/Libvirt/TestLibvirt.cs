using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Libvirt;

namespace Recovery.Executor.Tests.Libvirt;

/// <summary>libvirt's own test driver: real libvirt, no hypervisor. Each instance has its own node, empty at first.</summary>
internal sealed class TestLibvirt : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public TestLibvirt()
    {
        File.WriteAllText(directory["node.xml"], "<node/>");
        Uri = $"test://{directory["node.xml"]}";
    }

    public string Uri { get; }

    public static string Domain(string uuid, string name) => $"""
        <domain type='test'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>16</memory><vcpu>1</vcpu>
        <os><type arch='i686'>hvm</type></os></domain>
        """;

    public async Task<LibvirtSession> Session()
    {
        var session = new LibvirtSession(Uri, TimeProvider.System, NullLogger<LibvirtSession>.Instance);
        await session.StartAsync(CancellationToken.None);
        await session.Reconnected(null, CancellationToken.None);
        return session;
    }

    public void Dispose() => directory.Dispose();
}
