using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>The APIs of one cloud that a recovery needs, with one token and one pool of connections.</summary>
public sealed class OpenStackApis : IDisposable
{
    private readonly ApiTransport transport;
    private readonly Keystone keystone;

    public OpenStackApis(OpenStackOptions options, TimeProvider time)
    {
        transport = new ApiTransport(options, time);
        keystone = new Keystone(options, transport, time);
        Compute = new ComputeApi(Client(ServiceKind.Compute, ComputeApi.Microversion), time);
        BlockStorage = new BlockStorageApi(Client(ServiceKind.BlockStorage, BlockStorageApi.Microversion), time);
        Network = new NetworkApi(Client(ServiceKind.Network, ""));

        ServiceClient Client(ServiceKind kind, string microversion) => new(kind, microversion, options, keystone, transport);
    }

    public ComputeApi Compute { get; }

    public BlockStorageApi BlockStorage { get; }

    public NetworkApi Network { get; }

    public void Dispose()
    {
        keystone.Dispose();
        transport.Dispose();
    }
}
