using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>A row of nova_api.cell_mappings that is neither cell0 nor disabled.</summary>
/// <param name="Url">database_connection. Holds a password: not for messages.</param>
internal sealed record CellMapping(int Id, Guid Uuid, string Name, string Url)
{
    public override string ToString() => Name;
}

/// <summary>Finds the cloud's databases. The files with the connection strings are read anew each time: passwords are rotated.</summary>
public sealed class CloudConnections(OpenStackOptions options) : IForeignConnections
{
    private readonly SchemaCache schemas = new();

    public OpenStackOptions Options => options;

    /// <inheritdoc/>
    public Task<DatabaseAddress> WriterAsync(ForeignDatabase database, string cell, CancellationToken cancellationToken) =>
        FindAsync(WriterLoginAsync, database, cell, cancellationToken);

    /// <summary>The same for the user that may read.</summary>
    /// <exception cref="CloudUnreadableException">It can't be found.</exception>
    public Task<DatabaseAddress> ReaderAsync(ForeignDatabase database, string cell, CancellationToken cancellationToken) =>
        FindAsync(ReaderLoginAsync, database, cell, cancellationToken);

    internal Task<CloudLogin> ReaderLoginAsync(CancellationToken cancellationToken) =>
        CloudLogin.ReadAsync(options, nameof(OpenStackOptions.ReaderConnectionStringFile), options.ReaderConnectionStringFile, cancellationToken);

    internal Task<CloudLogin> WriterLoginAsync(CancellationToken cancellationToken) =>
        CloudLogin.ReadAsync(options, nameof(OpenStackOptions.WriterConnectionStringFile), options.WriterConnectionStringFile, cancellationToken);

    /// <summary>All that can be asked of one database.</summary>
    /// <exception cref="CloudUnreadableException">It can't be reached, or lacks what is read.</exception>
    internal async Task<OpenDatabase<TContext>> OpenAsync<TContext>(DatabaseAddress address, CancellationToken cancellationToken)
        where TContext : ForeignContext => new(address, await schemas.OfAsync(address, typeof(TContext), cancellationToken), schemas);

    /// <summary>Cells by id.</summary>
    internal static async Task<IReadOnlyList<CellMapping>> CellsAsync(OpenDatabase<NovaApiContext> novaApi, CancellationToken cancellationToken)
    {
        var rows = await novaApi.ReadAsync(
            context => context.CellMappings.Where(row => row.Disabled != true).OrderBy(row => row.Id).ToListAsync(cancellationToken));
        return
        [
            .. from row in rows
               let uuid = Guid.TryParse(row.Uuid, out var parsed) ? parsed : Guid.Empty
               where uuid != Guid.Empty
               select new CellMapping(row.Id, uuid, row.Name is { Length: > 0 } name ? name : $"{uuid}", row.DatabaseConnection ?? ""),
        ];
    }

    private async Task<DatabaseAddress> FindAsync(
        Func<CancellationToken, Task<CloudLogin>> logIn, ForeignDatabase database, string cell, CancellationToken cancellationToken)
    {
        var login = await logIn(cancellationToken);
        switch (database)
        {
            case ForeignDatabase.Placement:
                return login.Placement;
            case ForeignDatabase.Cinder:
                return login.Cinder;
            case ForeignDatabase.Neutron:
                return login.Neutron;
            default:
                var reader = await ReaderLoginAsync(cancellationToken);
                var cells = await CellsAsync(await OpenAsync<NovaApiContext>(reader.NovaApi, cancellationToken), cancellationToken);
                var found = cells.FirstOrDefault(each => each.Name == cell)
                    ?? throw new CloudUnreadableException($"There is no cell {cell} in nova_api.cell_mappings, or it is disabled.");
                return login.Cell(found.Name, found.Url);
        }
    }
}
