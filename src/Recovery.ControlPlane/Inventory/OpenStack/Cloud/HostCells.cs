using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Which cell each host is of.</summary>
internal static class HostCells
{
    /// <exception cref="CloudUnreadableException">nova_api can't be read.</exception>
    public static async Task<IReadOnlyList<(string Host, string Cell)>> ReadAsync(CloudConnections connections, CancellationToken cancellationToken)
    {
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var mappings = novaApi.ReadAsync(context => context.HostMappings.ToListAsync(cancellationToken));
        var cells = CloudConnections.CellsAsync(novaApi, cancellationToken);
        await Task.WhenAll(mappings, cells);
        var names = (await cells).ToDictionary(cell => cell.Id, cell => cell.Name);
        return
        [
            .. from row in await mappings
               where names.ContainsKey(row.CellId)
               select (row.Host, names[row.CellId]),
        ];
    }
}
