namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

public enum RowChangeKind
{
    Insert,
    Update,
    Delete,
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
    public IReadOnlyDictionary<string, object?> Key { get; init; } = new Dictionary<string, object?>();

    /// <summary>Further columns that have to be as they were seen, null included.</summary>
    public IReadOnlyDictionary<string, object?> Seen { get; init; } = new Dictionary<string, object?>();

    /// <summary>What is set, or inserted.</summary>
    public IReadOnlyDictionary<string, object?> Values { get; init; } = new Dictionary<string, object?>();

    public Miss Miss { get; init; } = Miss.Abort;
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
    string Name, ForeignDatabase Database, string Cell, IReadOnlyList<RowChange> Changes);

/// <summary>How a transaction ended.</summary>
/// <param name="Done">It is in the database, by us now or by an earlier try of the same.</param>
/// <param name="RetryCanHelp">Of what is not done.</param>
/// <param name="Message">What was missed, refused or unreachable, and what can be done about it; empty when done.</param>
public sealed record ForeignOutcome(bool Done, bool RetryCanHelp, string Message)
{
    public static readonly ForeignOutcome Success = new(true, false, "");
}
