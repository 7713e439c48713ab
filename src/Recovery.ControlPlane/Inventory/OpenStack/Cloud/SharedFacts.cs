using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What Placement and Neutron know of some instances, by their uuids.</summary>
internal sealed record SharedFacts(
    IReadOnlyDictionary<string, ConsumerRecord> Consumers,
    ILookup<string, AllocationRecord> Allocations,
    ILookup<string, PortRecord> Ports)
{
    public static async Task<SharedFacts> ReadAsync(
        CloudConnections connections, CloudLogin login, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var placement = await connections.OpenAsync<PlacementContext>(login.Placement, cancellationToken);
        var consumers = placement.ReadAsync(context => context.Consumers.Where(row => wanted.Contains(row.Uuid)).ToListAsync(cancellationToken));
        var allocations = placement.ReadAsync(context => (
            from row in context.Allocations
            join provider in context.ResourceProviders on row.ResourceProviderId equals provider.Id
            join kind in context.ResourceClasses on row.ResourceClassId equals kind.Id
            where wanted.Contains(row.ConsumerId)
            orderby row.Id
            select new { row.Id, row.ConsumerId, row.ResourceProviderId, provider.Uuid, provider.Generation, row.ResourceClassId, Class = kind.Name, row.Used })
            .ToListAsync(cancellationToken));
        var ports = PortsAsync(connections, login, wanted, cancellationToken);
        await Task.WhenAll(consumers, allocations, ports);
        return new SharedFacts(
            (await consumers).ToDictionary(
                row => row.Uuid, row => new ConsumerRecord(row.Id, Guid.Parse(row.Uuid), row.Generation, row.ProjectId, row.UserId)),
            (await allocations).ToLookup(
                row => row.ConsumerId,
                row => new AllocationRecord(
                    row.Id, row.ResourceProviderId, Guid.Parse(row.Uuid), row.Generation ?? 0, row.ResourceClassId, row.Class, row.Used)),
            await ports);
    }

    private static async Task<ILookup<string, PortRecord>> PortsAsync(
        CloudConnections connections, CloudLogin login, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var neutron = await connections.OpenAsync<NeutronContext>(login.Neutron, cancellationToken);
        var ports = await neutron.ReadAsync(context => (
            from port in context.Ports
            join attributes in context.StandardAttributes on port.StandardAttrId equals attributes.Id
            where wanted.Contains(port.DeviceId)
            orderby attributes.Id
            select new { port.Id, port.DeviceId, port.NetworkId, port.MacAddress, port.DeviceOwner, port.Status, port.StandardAttrId, attributes.RevisionNumber })
            .ToListAsync(cancellationToken));
        var ids = ports.ConvertAll(port => port.Id);
        var bindings = neutron.ReadAsync(context => context.PortBindings
            .Where(row => ids.Contains(row.PortId)).OrderBy(row => row.Host).ToListAsync(cancellationToken));
        var levels = neutron.ReadAsync(context => context.PortBindingLevels
            .Where(row => ids.Contains(row.PortId)).OrderBy(row => row.Host).ThenBy(row => row.Level).ToListAsync(cancellationToken));
        await Task.WhenAll(bindings, levels);

        var (bindingsOf, levelsOf) = ((await bindings).ToLookup(row => row.PortId), (await levels).ToLookup(row => row.PortId));
        return ports.ToLookup(
            row => row.DeviceId,
            row => new PortRecord
            {
                Id = Guid.Parse(row.Id),
                NetworkId = Guid.Parse(row.NetworkId),
                MacAddress = row.MacAddress,
                DeviceOwner = row.DeviceOwner,
                Status = row.Status,
                StandardAttributeId = row.StandardAttrId,
                RevisionNumber = row.RevisionNumber,
                Bindings = [.. bindingsOf[row.Id].Select(each => new PortBinding(each.Host, each.VifType, each.VnicType, each.Profile, each.VifDetails, each.Status))],
                Levels = [.. levelsOf[row.Id].Select(each => new PortBindingLevel(each.Host, each.Level, each.Driver, each.SegmentId))],
            });
    }
}

/// <summary>What Cinder knows of some volumes, by their ids.</summary>
internal sealed record VolumeFacts(IReadOnlyDictionary<Guid, VolumeRecord> Volumes, ILookup<Guid, VolumeAttachment> Attachments)
{
    public static async Task<VolumeFacts> ReadAsync(
        CloudConnections connections, CloudLogin login, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0) return new VolumeFacts(new Dictionary<Guid, VolumeRecord>(), Array.Empty<VolumeAttachment>().ToLookup(each => each.VolumeId));
        var cinder = await connections.OpenAsync<CinderContext>(login.Cinder, cancellationToken);
        var volumes = cinder.ReadAsync(context => context.Volumes
            .Where(row => wanted.Contains(row.Id) && row.Deleted != true).ToListAsync(cancellationToken));
        var attachments = cinder.ReadAsync(context => context.VolumeAttachment
            .Where(row => wanted.Contains(row.VolumeId) && row.Deleted != true).OrderBy(row => row.Id).ToListAsync(cancellationToken));
        await Task.WhenAll(volumes, attachments);
        return new VolumeFacts(
            (await volumes).Select(FactRecords.Of).ToDictionary(each => each.Id),
            (await attachments).Select(FactRecords.Of).ToLookup(each => each.VolumeId));
    }
}
