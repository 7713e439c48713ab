using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Where Nova says that its instances are.</summary>
/// <param name="HostOf">Of the cells that could be read: instances on a host, by uuid.</param>
/// <param name="Faults">Which cells could not be read, a sentence each.</param>
internal sealed record InstanceHosts(IReadOnlyDictionary<Guid, string> HostOf, IReadOnlyList<string> Faults)
{
    /// <summary>Ids of the cells that could be read.</summary>
    public required IReadOnlySet<int> Cells { get; init; }
}

/// <summary>One light question to each cell: of a whole cloud nothing but uuids and hosts.</summary>
internal sealed class InstanceHostsReader(CloudConnections connections)
{
    // So many uuids in one question.
    private const int AtATime = 1000;

    /// <exception cref="CloudUnreadableException">nova_api can't be read, so nobody knows which cells there are.</exception>
    public async Task<InstanceHosts> ReadAsync(CancellationToken cancellationToken)
    {
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var cells = await CloudConnections.CellsAsync(novaApi, cancellationToken);
        var read = await Task.WhenAll(cells.Select(async cell => (Cell: cell, Read: await TriedAsync(login, cell, cancellationToken))));
        return new InstanceHosts(
            read.SelectMany(each => each.Read.Rows ?? [])
                .DistinctBy(row => row.Uuid)
                .ToDictionary(row => row.Uuid, row => row.Host),
            [.. read.Where(each => each.Read.Fault is not null)
                .Select(each => $"Which instances are on which hosts of cell {each.Cell.Name} is not known: {each.Read.Fault}")])
        {
            Cells = read.Where(each => each.Read.Rows is not null).Select(each => each.Cell.Id).ToHashSet(),
        };
    }

    /// <summary>Those of the instances that none of these cells can be asked about: they are in another one.</summary>
    /// <exception cref="CloudUnreadableException">nova_api can't be read.</exception>
    public async Task<IReadOnlySet<Guid>> ElsewhereAsync(
        IReadOnlyCollection<Guid> instances, IReadOnlySet<int> cells, CancellationToken cancellationToken)
    {
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var elsewhere = new HashSet<Guid>();
        foreach (var some in instances.Select(each => $"{each}").Chunk(AtATime))
        {
            var wanted = some.ToList();
            var mappings = await novaApi.ReadAsync(context => context.InstanceMappings
                .Where(row => wanted.Contains(row.InstanceUuid))
                .ToListAsync(cancellationToken));
            elsewhere.UnionWith(mappings
                .Where(row => row.CellId is not { } cell || !cells.Contains(cell))
                .Select(row => Guid.Parse(row.InstanceUuid)));
        }

        return elsewhere;
    }

    private async Task<(List<(Guid Uuid, string Host)>? Rows, string? Fault)> TriedAsync(
        CloudLogin login, CellMapping cell, CancellationToken cancellationToken)
    {
        try
        {
            var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);

            // A hidden one is the other cell's half of a resize between cells.
            var rows = await nova.ReadAsync(context => context.Instances
                .Where(row => row.Deleted == 0 && row.Host != null && row.Host != "" && row.Hidden != true)
                .Select(row => new { row.Uuid, row.Host })
                .ToListAsync(cancellationToken));
            return ([.. from row in rows
                        let uuid = Guid.TryParse(row.Uuid, out var parsed) ? parsed : Guid.Empty
                        where uuid != Guid.Empty
                        select (uuid, row.Host!)], null);
        }
        catch (CloudUnreadableException failure)
        {
            return (null, failure.Message);
        }
    }
}
