using MySqlConnector;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>The addresses of the cloud's databases for one user: the reader's, or the writer's.</summary>
internal sealed class CloudLogin
{
    private readonly OpenStackOptions options;
    private readonly MySqlConnectionStringBuilder connection;

    private CloudLogin(OpenStackOptions options, MySqlConnectionStringBuilder connection) => (this.options, this.connection) = (options, connection);

    public DatabaseAddress NovaApi => At(options.NovaApiDatabase);

    public DatabaseAddress Placement => At(options.PlacementDatabase);

    public DatabaseAddress Cinder => At(options.CinderDatabase);

    public DatabaseAddress Neutron => At(options.NeutronDatabase);

    /// <param name="setting">The setting that names the file: <c>ReaderConnectionStringFile</c>.</param>
    /// <exception cref="CloudUnreadableException">There is no such file, or it holds no connection string.</exception>
    public static async Task<CloudLogin> ReadAsync(OpenStackOptions options, string setting, string file, CancellationToken cancellationToken)
    {
        if (file.Length == 0) throw new CloudUnreadableException($"Recovery:OpenStack:{setting} is empty: name the file that holds the connection string.");
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CloudUnreadableException($"{file} of Recovery:OpenStack:{setting} can't be read: {failure.Message}", failure);
        }

        try
        {
            return new CloudLogin(options, Settled(new MySqlConnectionStringBuilder(text.Trim())));
        }
        catch (ArgumentException)
        {
            // Its message may quote the password.
            throw new CloudUnreadableException($"{file} of Recovery:OpenStack:{setting} holds no connection string: Server=db;Port=3306;User ID=user;Password=secret is expected.");
        }
    }

    /// <summary>The database of a cell.</summary>
    /// <param name="url">nova_api.cell_mappings.database_connection.</param>
    /// <exception cref="CloudUnreadableException">Neither the settings nor the URL say where it is.</exception>
    public DatabaseAddress Cell(string name, string url)
    {
        if (options.Cells.TryGetValue(name, out var said)) return Overridden(name, said);
        var found = DatabaseUrl.Read(url, connection.Server, (int)connection.Port)
            ?? throw new CloudUnreadableException(
                $"Where the database of cell {name} is can't be seen in nova_api.cell_mappings: say it in Recovery:OpenStack:Cells:{name} as Server=db;Port=3306;Database=nova.");
        return new DatabaseAddress(new MySqlConnectionStringBuilder(connection.ConnectionString)
        {
            Server = found.Server,
            Port = found.Port == 0 ? 3306 : (uint)found.Port,
            Database = found.Database,
        });
    }

    // The user and the password are ours even where the setting names others.
    private DatabaseAddress Overridden(string name, string setting)
    {
        try
        {
            var wanted = new MySqlConnectionStringBuilder(setting);
            var merged = new MySqlConnectionStringBuilder(connection.ConnectionString);
            foreach (string key in wanted.Keys)
            {
                merged[key] = wanted[key];
            }

            (merged.UserID, merged.Password) = (connection.UserID, connection.Password);
            if (merged.Database.Length > 0) return new DatabaseAddress(merged);
        }
        catch (ArgumentException)
        {
            // Its message may quote a password.
        }

        throw new CloudUnreadableException($"Recovery:OpenStack:Cells:{name} does not say where a database is: Server=db;Port=3306;Database=nova is expected.");
    }

    private static MySqlConnectionStringBuilder Settled(MySqlConnectionStringBuilder connection)
    {
        // A dead database server is not waited for longer than a host may take to be found dead.
        if (!connection.ContainsKey("Connection Timeout")) connection.ConnectionTimeout = 5;
        if (connection.ApplicationName is not { Length: > 0 }) connection.ApplicationName = "recovery-control-plane";
        connection.UseAffectedRows = false;
        connection.AllowUserVariables = true;
        connection.PersistSecurityInfo = false;
        connection.DateTimeKind = MySqlDateTimeKind.Utc;
        return connection;
    }

    private DatabaseAddress At(string database) =>
        new(new MySqlConnectionStringBuilder(connection.ConnectionString) { Database = database });
}
