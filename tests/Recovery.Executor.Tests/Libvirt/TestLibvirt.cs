using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Libvirt;

namespace Recovery.Executor.Tests.Libvirt;

/// <summary>libvirt's own test driver: real libvirt, no hypervisor. Each instance has its own node, empty at first.</summary>
internal sealed partial class TestLibvirt : IDisposable
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

    /// <summary>As <c>virsh metadata --set --config</c> does; the executor itself never writes any.</summary>
    public static void SetMetadata(LibvirtConnection connection, string uuid, string xml, string uri)
    {
        const int element = 2;
        const uint affectConfig = 2;
        using var domain = NativeMethods.virDomainLookupByUUIDString(connection.Handle, uuid);
        Assert.Equal(0, virDomainSetMetadata(domain, element, xml, "recovery", uri, affectConfig));
    }

    [LibraryImport("libvirt.so.0", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int virDomainSetMetadata(DomainHandle domain, int type, string metadata, string key, string uri, uint flags);

    public void Dispose() => directory.Dispose();
}
