using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

public enum RowChangeKind
{
    /// <summary>A new row; one with the same key is a miss, whether or not the table has a unique index for it.</summary>
    Insert,

    Update,

    Delete,

    /// <summary>Changes nothing: no row may be there that is as key and seen say.</summary>
    Absent,
}

/// <summary>What it means that no row is as it was seen.</summary>
public enum Miss
{
    /// <summary>Everything of the transaction is rolled back, and it is said.</summary>
    Abort,

    /// <summary>Somebody has done it already, or took it away: the rest goes on.</summary>
    Accept,
}

/// <summary>
/// One row of somebody else's database: how it was seen, and how it shall be. Invariant 5: it is changed only where it
/// still is as it was seen. Values are null, string, bool, int, long, or a UTC time as <c>yyyy-MM-dd HH:mm:ss</c>.
/// </summary>
public sealed record RowChange
{
    public required string Table { get; init; }

    public required RowChangeKind Kind { get; init; }

    /// <summary>Names the row: all of these columns are as said.</summary>
    [JsonConverter(typeof(RowValuesConverter))]
    public IReadOnlyDictionary<string, object?> Key { get; init; } = new Dictionary<string, object?>();

    /// <summary>Columns that hold the id of another row: of the key, or, of an insert, set.</summary>
    public IReadOnlyDictionary<string, RowReference> References { get; init; } = new Dictionary<string, RowReference>();

    /// <summary>Further columns that have to be as they were seen, null included.</summary>
    [JsonConverter(typeof(RowValuesConverter))]
    public IReadOnlyDictionary<string, object?> Seen { get; init; } = new Dictionary<string, object?>();

    /// <summary>What is set, or inserted.</summary>
    [JsonConverter(typeof(RowValuesConverter))]
    public IReadOnlyDictionary<string, object?> Values { get; init; } = new Dictionary<string, object?>();

    /// <summary>
    /// Set as well, and not looked at when it is asked whether the change has been made already: times, and what Nova
    /// itself soon changes.
    /// </summary>
    [JsonConverter(typeof(RowValuesConverter))]
    public IReadOnlyDictionary<string, object?> Along { get; init; } = new Dictionary<string, object?>();

    /// <summary>Columns that go up by one: generations and revision numbers. They never go back.</summary>
    public IReadOnlyList<string> Counters { get; init; } = [];

    /// <summary>JSON columns of which single keys change: the rest of the document, secrets too, never leaves its database.</summary>
    public IReadOnlyDictionary<string, JsonMerge> Merges { get; init; } = new Dictionary<string, JsonMerge>();

    public Miss Miss { get; init; } = Miss.Abort;
}

/// <summary>The id of the row of <paramref name="Table"/> in which <paramref name="Column"/> is <paramref name="Value"/>.</summary>
public sealed record RowReference(string Table, string Column, string Value);

/// <summary>Keys of a JSON document; of a nested one as <c>data.device_path</c>. Null is a key that is not there.</summary>
public sealed record JsonMerge
{
    public IReadOnlyDictionary<string, JsonNode?> Seen { get; init; } = new Dictionary<string, JsonNode?>();

    public IReadOnlyDictionary<string, JsonNode?> Values { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>Keys whose values are secret, with the names that <see cref="ForeignSecrets"/> knows them by.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();
}

/// <summary>Which database of the cloud: <c>nova</c> is that of one cell.</summary>
public enum ForeignDatabase
{
    Nova,
    Placement,
    Cinder,
    Neutron,
}

/// <summary>Changes in one database, all of them or none.</summary>
/// <param name="Name">For journal and report: <c>TX-A</c>.</param>
/// <param name="Cell">Of <see cref="ForeignDatabase.Nova"/>: the cell; else empty.</param>
public sealed record ForeignTransaction(
    string Name, ForeignDatabase Database, string Cell, IReadOnlyList<RowChange> Changes)
{
    /// <summary>The instance or host that it is about, by its name, for humans.</summary>
    public string Subject { get; init; } = "";
}

/// <summary>What a builder answers.</summary>
/// <param name="Transaction">Null when it is refused.</param>
/// <param name="Refusal">Why, a sentence; else empty.</param>
public sealed record BuiltTransaction(ForeignTransaction? Transaction, string Refusal)
{
    public static BuiltTransaction Of(ForeignTransaction transaction) => new(transaction, "");

    public static BuiltTransaction Refused(string refusal) => new(null, refusal);
}

/// <summary>How a transaction ended.</summary>
/// <param name="Done">It is in the database, by us now or by an earlier try of the same.</param>
/// <param name="RetryCanHelp">Of what is not done.</param>
/// <param name="Message">What was missed, refused or unreachable, and what can be done about it; empty when done.</param>
public sealed record ForeignOutcome(bool Done, bool RetryCanHelp, string Message)
{
    public static readonly ForeignOutcome Success = new(true, false, "");
}
