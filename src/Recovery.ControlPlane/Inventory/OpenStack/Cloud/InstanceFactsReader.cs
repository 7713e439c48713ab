using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Reads single instances with all of their rows, for the steps: strictly, since a step compares with what was read.</summary>
public sealed class InstanceFactsReader(CloudConnections connections)
{
    /// <summary>By uuid. Those that no cell has, or that are deleted, are missing.</summary>
    /// <exception cref="CloudUnreadableException">One of the databases can't be read.</exception>
    public async Task<IReadOnlyDictionary<Guid, InstanceFacts>> ReadAsync(IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken)
    {
        if (instances.Count == 0) return new Dictionary<Guid, InstanceFacts>();
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var wanted = instances.Select(each => $"{each}").Distinct().ToList();
        var mappings = novaApi.ReadAsync(context => context.InstanceMappings
            .Where(row => wanted.Contains(row.InstanceUuid) && row.CellId != null)
            .ToListAsync(cancellationToken));
        var cells = CloudConnections.CellsAsync(novaApi, cancellationToken);
        var shared = SharedFacts.ReadAsync(connections, login, wanted, cancellationToken);
        await Task.WhenAll(mappings, cells, shared);

        var byCell = (await mappings).ToLookup(row => row.CellId, row => row.InstanceUuid);
        var read = await Task.WhenAll(
            from cell in await cells
            where byCell.Contains(cell.Id)
            select CellFacts.ReadAsync(connections, login, cell, [.. byCell[cell.Id]], cancellationToken));

        // Of Cinder only what the block devices name.
        var volumes = await VolumeFacts.ReadAsync(
            connections, login, [.. read.SelectMany(cell => cell.BlockDevices.SelectMany(each => each)).Select(row => row.VolumeId).OfType<string>().Distinct()], cancellationToken);
        var facts = await shared;
        return read
            .SelectMany(cell => cell.Instances.Select(row => FactsOf(cell, row, facts, volumes)))
            .ToDictionary(each => each.Instance.Uuid);
    }

    private static InstanceFacts FactsOf(CellFacts cell, NovaContext.InstanceRow row, SharedFacts shared, VolumeFacts volumes)
    {
        var devices = cell.BlockDevices[row.Uuid].Select(FactRecords.Of).ToList();
        return new InstanceFacts
        {
            Cell = cell.Cell,
            Instance = FactRecords.Of(row, cell.HasComputeId),
            SystemMetadata = cell.SystemMetadata[row.Uuid].DistinctBy(each => each.Key).ToDictionary(each => each.Key, each => each.Value ?? ""),
            Flavor = cell.Flavors.GetValueOrDefault(row.Uuid),
            NetworkInfo = cell.NetworkInfo.GetValueOrDefault(row.Uuid) ?? [],
            BlockDevices = devices,
            Evacuations = [.. cell.Evacuations[row.Uuid].Select(FactRecords.Of)],
            SourceService = row.Host is { } host && cell.Services[host].FirstOrDefault() is { } service ? FactRecords.Of(service) : null,
            Consumer = shared.Consumers.GetValueOrDefault(row.Uuid),
            Allocations = [.. shared.Allocations[row.Uuid]],
            Attachments = [.. devices.Where(each => each.VolumeId is not null).SelectMany(each => volumes.Attachments[each.VolumeId!.Value])],
            Volumes = [.. devices.Where(each => each.VolumeId is not null).Select(each => volumes.Volumes.GetValueOrDefault(each.VolumeId!.Value)).OfType<VolumeRecord>()],
            Ports = [.. shared.Ports[row.Uuid]],
        };
    }
}
