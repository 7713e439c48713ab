using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Reads a host that instances shall go to.</summary>
public sealed class TargetFactsReader(CloudConnections connections, IInitiatorNames initiators, TimeProvider time)
{
    // Neutron's agent_down_time.
    private static readonly TimeSpan AgentDownAfter = TimeSpan.FromSeconds(75);

    /// <summary>Null when no cell that is enabled has such a nova-compute, or Placement has no provider of it.</summary>
    /// <param name="host">services.host.</param>
    /// <exception cref="CloudUnreadableException">One of the databases can't be read.</exception>
    public async Task<TargetFacts?> ReadTargetAsync(string host, CancellationToken cancellationToken)
    {
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var mapping = novaApi.ReadAsync(context => context.HostMappings.Where(row => row.Host == host).FirstOrDefaultAsync(cancellationToken));
        var cells = CloudConnections.CellsAsync(novaApi, cancellationToken);
        var aggregates = NovaApiReader.AggregatesAsync(novaApi, cancellationToken);
        var agents = AgentsAsync(login, host, cancellationToken);
        await Task.WhenAll(mapping, cells, aggregates, agents);
        if (await mapping is not { } mapped || (await cells).FirstOrDefault(each => each.Id == mapped.CellId) is not { } cell) return null;

        var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);
        var nodes = nova.ReadAsync(context => context.ComputeNodes
            .Where(row => row.Host == host && row.Deleted == 0).OrderBy(row => row.Id)
            .FirstOrDefaultAsync(cancellationToken));
        var services = nova.ReadAsync(context => context.Services
            .Where(row => row.Host == host && row.Binary == "nova-compute" && row.Deleted == 0)
            .FirstOrDefaultAsync(cancellationToken));
        await Task.WhenAll(nodes, services);
        var node = await nodes;
        if (node?.Uuid is not { } uuid) return null;

        var placement = await connections.OpenAsync<PlacementContext>(login.Placement, cancellationToken);
        var provider = await placement.ReadAsync(context => context.ResourceProviders.Where(row => row.Uuid == uuid).FirstOrDefaultAsync(cancellationToken));
        if (provider is null) return null;

        var zone = AggregateLine.ZoneOf((await aggregates)[host], connections.Options);
        return new TargetFacts(
            host, node.HypervisorHostname ?? "", cell.Name, node.Id, node.HostIp ?? "", zone,
            provider.Id, Guid.Parse(provider.Uuid), provider.Generation ?? 0, await agents)
        {
            HasDestComputeId = nova.Schema.Has("migrations", "dest_compute_id"),
            InitiatorName = await initiators.OfAsync(host, cancellationToken),
            Service = await services is { } service ? FactRecords.Of(service) : null,
        };
    }

    private async Task<IReadOnlyList<NetworkAgent>> AgentsAsync(CloudLogin login, string host, CancellationToken cancellationToken)
    {
        var neutron = await connections.OpenAsync<NeutronContext>(login.Neutron, cancellationToken);
        var rows = await neutron.ReadAsync(context => context.Agents
            .Where(row => row.Host == host).OrderBy(row => row.AgentType).ToListAsync(cancellationToken));
        var down = time.GetUtcNow().UtcDateTime - AgentDownAfter;
        return [.. rows.Select(row => new NetworkAgent(row.AgentType, row.AdminStateUp && row.HeartbeatTimestamp > down, row.Configurations))];
    }
}
