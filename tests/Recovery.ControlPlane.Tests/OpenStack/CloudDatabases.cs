using System.Collections.Concurrent;
using MySqlConnector;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.Labs;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>
/// The databases of an OpenStack Zed on a MariaDB of their own: nova, nova_api, nova_cell0, placement, cinder, neutron, with
/// what Nova itself wrote (<c>Data/</c>; only the tables that are read or changed). Servers are used again by later tests.
/// </summary>
public sealed class CloudDatabases : IAsyncDisposable
{
    public const string Reader = "recovery_reader";

    public const string Writer = "recovery_writer";

    private static readonly string[] Names = ["nova", "nova_api", "nova_cell0", "placement", "cinder", "neutron"];

    // Idle ones. They end with the process.
    private static readonly ConcurrentBag<MariaDb> Servers = [];

    private readonly MariaDb server;
    private readonly string directory = Directory.CreateTempSubdirectory("recovery-cloud-").FullName;

    private CloudDatabases(MariaDb server) => this.server = server;

    public int Port => server.Port;

    /// <summary>Of a user that may only read. It names no database.</summary>
    public string ReaderConnectionString => ConnectionString(Reader);

    /// <summary>Of a user that may also insert, update and delete. It names no database.</summary>
    public string WriterConnectionString => ConnectionString(Writer);

    /// <summary>Settings that find these databases.</summary>
    public OpenStackOptions Options => new()
    {
        ReaderConnectionStringFile = Secret("reader", ReaderConnectionString),
        WriterConnectionStringFile = Secret("writer", WriterConnectionString),
    };

    /// <param name="moment"><c>before</c> or <c>after-evacuation</c>.</param>
    public static async Task<CloudDatabases> StartAsync(string moment, CancellationToken cancellationToken)
    {
        var cloud = new CloudDatabases(Servers.TryTake(out var idle) ? idle : await MariaDb.StartAsync(cancellationToken: cancellationToken));
        try
        {
            await cloud.LoadAsync(moment, cancellationToken);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a database with the tables of one of those here, and no rows: another cell.</summary>
    public async Task CreateAsync(string name, string like, CancellationToken cancellationToken)
    {
        await server.QueryAsync("mysql", $"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}` CHARACTER SET utf8mb3;", cancellationToken);
        await server.QueryAsync(name, await File.ReadAllTextAsync(Data($"schema/{like}.sql"), cancellationToken), cancellationToken);
    }

    /// <summary>Both users are made anew, with the rights that this SQL gives them.</summary>
    public async Task GrantAsync(string sql, CancellationToken cancellationToken)
    {
        await server.QueryAsync(
            "mysql",
            $"""
            DROP USER '{Reader}'@'%', '{Writer}'@'%';
            {sql}
            SET PASSWORD FOR '{Reader}'@'%' = PASSWORD('lab'); SET PASSWORD FOR '{Writer}'@'%' = PASSWORD('lab');
            """,
            cancellationToken);

        await ForgetRightsAsync(cancellationToken);
    }

    // An open connection keeps the rights that it began with.
    private static Task ForgetRightsAsync(CancellationToken cancellationToken) => MySqlConnection.ClearAllPoolsAsync(cancellationToken);

    public Task ExecuteAsync(string database, string sql) =>
        server.QueryAsync(database, sql, TestContext.Current.CancellationToken);

    /// <summary>Rows by column name; NULL is null.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> QueryAsync(string database, string sql)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var connection = new MySqlConnection($"{WriterConnectionString};Database={database}");
        await connection.OpenAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, each => reader.IsDBNull(each) ? null : reader.GetValue(each)));
        }

        return rows;
    }

    /// <summary>A file with that text, gone with the test.</summary>
    public string Secret(string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, $"{text}\n");
        return path;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        Servers.Add(server);
        return ValueTask.CompletedTask;
    }

    private static string Data(string path) => Path.Combine(AppContext.BaseDirectory, "OpenStack", "Data", path);

    private async Task LoadAsync(string moment, CancellationToken cancellationToken)
    {
        await ForgetAsync(cancellationToken);
        foreach (var name in Names)
        {
            await CreateAsync(name, name, cancellationToken);
            if (File.Exists(Data($"{moment}/{name}.sql")))
            {
                await server.QueryAsync(name, await File.ReadAllTextAsync(Data($"{moment}/{name}.sql"), cancellationToken), cancellationToken);
            }
        }

        await server.QueryAsync(
            "nova_api",
            $"""
            UPDATE cell_mappings SET database_connection = REPLACE(database_connection, ':3307/', ':{Port}/');
            CREATE USER '{Reader}'@'%' IDENTIFIED BY 'lab'; GRANT SELECT ON *.* TO '{Reader}'@'%';
            CREATE USER '{Writer}'@'%' IDENTIFIED BY 'lab'; GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO '{Writer}'@'%';
            """,
            cancellationToken);
        await ForgetRightsAsync(cancellationToken);
    }

    // What an earlier test has left on this server.
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var databases = await server.QueryAsync(
            "mysql",
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')",
            cancellationToken);
        var statements = databases.Select(each => $"DROP DATABASE `{each}`;")
            .Append($"DROP USER IF EXISTS '{Reader}'@'%'; DROP USER IF EXISTS '{Writer}'@'%';");
        await server.QueryAsync("mysql", string.Join('\n', statements), cancellationToken);
    }

    private string ConnectionString(string user) => $"Server=127.0.0.1;Port={Port};User ID={user};Password=lab";
}
