namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// A transaction backwards: what was set is seen, and what was seen is set. Counters go up again, never back, and
/// without being compared: the rows that they guard are compared themselves.
/// </summary>
internal static class Reversal
{
    /// <summary>Not of a transaction that wrote secrets, for nobody kept the old ones: ask their source, and build anew.</summary>
    public static bool IsPossible(ForeignTransaction transaction) =>
        transaction.Changes.All(change => change.Merges.Values.All(merge => merge.Secrets.Count == 0 && merge.Values.Keys.All(merge.Seen.ContainsKey)));

    public static ForeignTransaction Of(ForeignTransaction transaction, DateTimeOffset now)
    {
        if (!IsPossible(transaction))
        {
            throw new ArgumentException($"{transaction.Name} wrote secrets: what was there before is not known.", nameof(transaction));
        }

        var time = ForeignTime.Of(now);
        return transaction with
        {
            Name = $"{transaction.Name} undone",
            Changes = [.. transaction.Changes.Where(change => change.Kind != RowChangeKind.Absent).Reverse().Select(change => Of(change, time))],
        };
    }

    public static RowChange Of(RowChange change, string time) => change.Kind switch
    {
        RowChangeKind.Insert => change with
        {
            Kind = RowChangeKind.Delete,
            Seen = new Dictionary<string, object?>(),
            Values = new Dictionary<string, object?>(),
            Along = new Dictionary<string, object?>(),
        },
        RowChangeKind.Delete => change with { Kind = RowChangeKind.Insert, Seen = new Dictionary<string, object?>(), Values = change.Seen },
        _ => Updated(change, time),
    };

    private static RowChange Updated(RowChange change, string time) => change with
    {
        // A column of the key that changes, as host of a port binding, names the row by its new value afterwards.
        Key = change.Key.ToDictionary(column => column.Key, column => change.Values.TryGetValue(column.Key, out var now) ? now : column.Value),
        Seen = Seen(change),
        Values = change.Values.ToDictionary(column => column.Key, column => Before(change, column.Key)),
        Along = change.Along.ContainsKey("updated_at")
            ? new Dictionary<string, object?> { ["updated_at"] = time }
            : new Dictionary<string, object?>(),
        Merges = change.Merges.ToDictionary(
            column => column.Key, column => column.Value with { Seen = column.Value.Values, Values = column.Value.Seen }),
    };

    private static Dictionary<string, object?> Seen(RowChange change)
    {
        Dictionary<string, object?> seen = new(change.Seen);
        foreach (var counter in change.Counters)
        {
            seen.Remove(counter);
        }

        foreach (var (column, value) in change.Values.Where(column => !change.Key.ContainsKey(column.Key)))
        {
            seen[column] = value;
        }

        return seen;
    }

    private static object? Before(RowChange change, string column) =>
        change.Key.TryGetValue(column, out var key) ? key
        : change.Seen.TryGetValue(column, out var seen) ? seen
        : throw new ArgumentException($"What {change.Table}.{column} was before is not known.", nameof(change));
}
