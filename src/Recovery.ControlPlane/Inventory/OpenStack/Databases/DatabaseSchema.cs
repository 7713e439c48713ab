using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>Which of the columns that we know of a database has: releases differ.</summary>
/// <param name="Version">Of the server.</param>
/// <param name="Columns"><c>instances.compute_id</c>.</param>
internal sealed record DatabaseSchema(ServerVersion Version, FrozenSet<string> Columns)
{
    /// <summary>The same for the same columns: EF keeps one model for each.</summary>
    public string Key { get; } = $"{Version} {string.Join(' ', Columns.Order(StringComparer.Ordinal))}";

    public bool Has(string table, string column) => Columns.Contains($"{table}.{column}");
}

/// <summary>Schemas that were read and hold all that is needed.</summary>
internal sealed class SchemaCache
{
    private readonly ConcurrentDictionary<string, DatabaseSchema> known = new();

    /// <param name="context">What it is read for: <see cref="NovaContext"/> and the like.</param>
    /// <exception cref="CloudUnreadableException">It can't be read, or lacks something; all that it lacks is named.</exception>
    public async Task<DatabaseSchema> OfAsync(DatabaseAddress address, Type context, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(KeyOf(address, context), out var schema)) return schema;
        var tables = MappedTable.Of(context);
        try
        {
            schema = await ReadAsync(address, tables, cancellationToken);
        }
        catch (MySqlException failure)
        {
            throw CloudUnreadableException.Because(failure, address);
        }

        var missing = tables.SelectMany(table => table.MissingIn(schema)).ToList();
        if (missing.Count > 0)
        {
            throw new CloudUnreadableException(
                $"The database {address} lacks {string.Join(", ", missing)}. Either it is another database, or {address.User} may not read them all, or this release of OpenStack is not known: Zed to 2025.2 are.");
        }

        return known[KeyOf(address, context)] = schema;
    }

    public void Forget(DatabaseAddress address, Type context) => known.TryRemove(KeyOf(address, context), out _);

    private static string KeyOf(DatabaseAddress address, Type context) => $"{context.Name} {address.User} {address}";

    private static async Task<DatabaseSchema> ReadAsync(DatabaseAddress address, IReadOnlyList<MappedTable> tables, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = @name AND table_name IN ({string.Join(", ", tables.Select(each => $"'{each.Name}'"))})";
        command.Parameters.AddWithValue("@name", address.Database);
        var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            columns.Add($"{reader.GetString(0)}.{reader.GetString(1)}");
        }

        // Only those that are mapped: others are no reason for a model of its own.
        var mapped = tables.SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name}")).Where(columns.Contains);
        return new DatabaseSchema(
            ServerVersion.TryParse(connection.ServerVersion, out var version) ? version : new MariaDbServerVersion("10.5"),
            mapped.ToFrozenSet(StringComparer.OrdinalIgnoreCase));
    }
}
