namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// What is written and never kept: given to the writer beside a transaction, and read again from its source when the
/// transaction is repeated. Deliberately no record: nothing prints or serializes it.
/// </summary>
public sealed class ForeignSecrets
{
    public static readonly ForeignSecrets None = new([]);

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "auth_username", "auth_password", "discovery_auth_username", "discovery_auth_password", "keyring", "password", "encryption_key",
    };

    private readonly Dictionary<string, string> values;

    public ForeignSecrets(Dictionary<string, string> values) => this.values = values;

    /// <summary>Whether a key of a connector or a connection info is secret.</summary>
    /// <param name="key">As <c>data.auth_password</c>.</param>
    public static bool Covers(string key) => Names.Contains(key[(key.LastIndexOf('.') + 1)..]);

    public string? Find(string name) => values.GetValueOrDefault(name);
}
