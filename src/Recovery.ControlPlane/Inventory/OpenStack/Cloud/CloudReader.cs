using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Reads a whole cloud out of its databases: one question for each table and cell, all at once.</summary>
public sealed class CloudReader(CloudConnections connections, TimeProvider time)
{
    /// <summary>
    /// What can't be read of a cell, of Cinder or of Neutron is among the view's faults. Without nova_api or Placement there
    /// is no view.
    /// </summary>
    /// <exception cref="CloudUnreadableException">nova_api or Placement can't be read.</exception>
    public async Task<CloudView> ReadAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var nova = NovaAsync(login, cancellationToken);
        var placement = PlacementReader.ReadAsync(connections, login, cancellationToken);
        var volumes = TriedAsync(() => UncommonVolumesAsync(login, cancellationToken));
        var ports = TriedAsync(() => SpecialPortsAsync(login, cancellationToken));
        await Task.WhenAll(nova, placement, volumes, ports);

        var (api, cells) = await nova;
        var assembly = new CloudAssembly(connections.Options, api, await placement, (await volumes).Rows ?? [], (await ports).Rows);
        var read = cells.Where(each => each.Rows is not null).Select(each => each.Rows!).ToList();
        var faults = cells.Where(each => each.Fault is not null)
            .Select(each => $"Hosts and instances of cell {each.Cell.Name} are missing: {each.Fault}")
            .Concat((await volumes).Fault is { } cinder ? [$"Whether volumes are encrypted or attached more than once is not known: {cinder}"] : [])
            .Concat((await ports).Fault is { } neutron ? [$"Which instances have special ports (SR-IOV and the like) is not known: {neutron}"] : []);
        return new CloudView(
            at,
            [.. cells.Select(each => new CellView(each.Cell.Name, each.Cell.Uuid, each.Fault))],
            [.. read.SelectMany(assembly.HostsOf).OrderBy(each => each.Name, StringComparer.Ordinal)],
            [.. read.SelectMany(assembly.InstancesOf)],
            [.. faults]);
    }

    private static async Task<(T? Rows, string? Fault)> TriedAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return (await read(), null);
        }
        catch (CloudUnreadableException failure)
        {
            return (null, failure.Message);
        }
    }

    private async Task<(NovaApiRows Api, IReadOnlyList<(CellMapping Cell, CellRows? Rows, string? Fault)> Cells)> NovaAsync(
        CloudLogin login, CancellationToken cancellationToken)
    {
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var api = NovaApiReader.ReadAsync(novaApi, cancellationToken);
        var cells = CellsAsync();
        await Task.WhenAll(api, cells);
        return (await api, await cells);

        async Task<IReadOnlyList<(CellMapping, CellRows?, string?)>> CellsAsync()
        {
            var mappings = await CloudConnections.CellsAsync(novaApi, cancellationToken);
            return await Task.WhenAll(mappings.Select(async cell =>
            {
                var (rows, fault) = await TriedAsync(() => CellReader.ReadAsync(connections, login, cell, cancellationToken));
                return (cell, rows, fault);
            }));
        }
    }

    // By id.
    private async Task<Dictionary<string, UncommonVolume>> UncommonVolumesAsync(CloudLogin login, CancellationToken cancellationToken)
    {
        var cinder = await connections.OpenAsync<CinderContext>(login.Cinder, cancellationToken);
        return await cinder.ReadAsync(context => context.Volumes
            .Where(row => row.Deleted != true && (row.Multiattach == true || row.EncryptionKeyId != null))
            .Select(row => new UncommonVolume(row.Id, row.EncryptionKeyId != null, row.Multiattach == true))
            .ToDictionaryAsync(row => row.Id, cancellationToken));
    }

    // vnic types by instance.
    private async Task<ILookup<string, string>> SpecialPortsAsync(CloudLogin login, CancellationToken cancellationToken)
    {
        var neutron = await connections.OpenAsync<NeutronContext>(login.Neutron, cancellationToken);
        var ports = await neutron.ReadAsync(context => context.PortBindings
            .Where(binding => binding.VnicType != "normal")
            .Join(context.Ports, binding => binding.PortId, port => port.Id, (binding, port) => new { port.DeviceId, port.DeviceOwner, binding.VnicType })
            .Where(row => row.DeviceOwner.StartsWith("compute:"))
            .Distinct()
            .ToListAsync(cancellationToken));
        return ports.ToLookup(row => row.DeviceId, row => row.VnicType);
    }
}

/// <summary>Of cinder.volumes, where there is anything to say.</summary>
internal sealed record UncommonVolume(string Id, bool Encrypted, bool Multiattach);
