using MySqlConnector;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>One database of the cloud, and how it is reached. As text: where it is, without the password.</summary>
public sealed class DatabaseAddress
{
    private readonly MySqlConnectionStringBuilder connection;

    internal DatabaseAddress(MySqlConnectionStringBuilder connection) => this.connection = connection;

    public string Database => connection.Database;

    public string Server => connection.Server;

    public int Port => (int)connection.Port;

    public string User => connection.UserID;

    /// <summary>With the password: for a connection, never for a message.</summary>
    public string ConnectionString => connection.ConnectionString;

    public override string ToString() => $"{Database} on {Server}:{Port}";
}
