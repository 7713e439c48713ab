namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>Where a SQLAlchemy URL points, as nova_api.cell_mappings.database_connection has it; user and password are left behind.</summary>
/// <param name="Port">0: the URL names none.</param>
internal sealed record DatabaseUrl(string Server, int Port, string Database)
{
    /// <summary>Null when it is not of the form <c>mysql+pymysql://user:password@server:port/database?charset=utf8</c>.</summary>
    /// <param name="url">May hold Nova's templates <c>{hostname}</c> and <c>{port}</c>: what [database]connection of a nova.conf says.</param>
    /// <param name="hostname">For the template.</param>
    /// <param name="port">For the template.</param>
    public static DatabaseUrl? Read(string url, string hostname, int port)
    {
        var begin = url.IndexOf("://", StringComparison.Ordinal);
        if (begin < 0 || !url.StartsWith("mysql", StringComparison.OrdinalIgnoreCase)) return null;

        // Before the templates are filled: a password is the only part that may hold anything. It can't hold a bare slash.
        var rest = url[(begin + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return null;
        var authority = Filled(rest[(rest.LastIndexOf('@', slash) + 1)..slash], hostname, port);
        var database = rest[(slash + 1)..].Split('?', '#')[0];
        if (database.Length == 0 || database.Contains('{', StringComparison.Ordinal) || authority.Contains('{', StringComparison.Ordinal)) return null;

        var bracket = authority.LastIndexOf(']');
        var colon = authority.LastIndexOf(':');
        var server = (colon > bracket ? authority[..colon] : authority).Trim('[', ']');
        var said = 0;
        if (colon > bracket && authority[(colon + 1)..] is { Length: > 0 } digits && (!int.TryParse(digits, out said) || said is <= 0 or > 65535)) return null;
        return server.Length > 0 ? new DatabaseUrl(server, said, Uri.UnescapeDataString(database)) : null;
    }

    private static string Filled(string authority, string hostname, int port) => authority
        .Replace("{hostname}", hostname.Contains(':', StringComparison.Ordinal) ? $"[{hostname}]" : hostname, StringComparison.Ordinal)
        .Replace("{port}", $"{port}", StringComparison.Ordinal);
}
