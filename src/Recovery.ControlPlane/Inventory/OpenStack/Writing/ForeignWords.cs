using System.Globalization;
using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Changes of a cloud's rows in words, a sentence each. Secrets are named, never shown.</summary>
public static class ForeignWords
{
    private static readonly HashSet<string> Documents = ["connector", "connection_info"];

    public static IReadOnlyList<string> Of(ForeignTransaction transaction) => [.. transaction.Changes.Select(change => Of(transaction, change))];

    /// <summary><c>nova cell1</c>, <c>placement</c>.</summary>
    public static string Place(ForeignTransaction transaction)
    {
        var database = transaction.Database.ToString().ToLowerInvariant();
        return transaction.Cell.Length == 0 ? database : $"{database} {transaction.Cell}";
    }

    /// <param name="now">What is there of the columns that were seen; null when there is no such row.</param>
    internal static string Missed(ForeignTransaction transaction, RowChange change, int found, IReadOnlyList<object?>? now)
    {
        var row = $"{Place(transaction)}, {Row(transaction, change)}";
        if (change.Kind == RowChangeKind.Insert)
        {
            return $"{row}: such a row is there already.";
        }

        if (found > 1)
        {
            return $"{row}: one row was expected, and there are {found}.";
        }

        if (now is null)
        {
            return $"{row}: the row is no longer there.";
        }

        var seen = Seen(change).ToList();
        var different = seen.Zip(now).Where(column => Shown(column.First.Column, column.First.Value) != Shown(column.First.Column, column.Second)).ToList();
        return different.Count == 0
            ? $"{row}: it changed at this very moment."
            : $"{row}: expected {string.Join(", ", different.Select(column => $"{column.First.Column} {Shown(column.First.Column, column.First.Value)}"))}, "
                + $"found {string.Join(", ", different.Select(column => $"{column.First.Column} {Shown(column.First.Column, column.Second)}"))}.";
    }

    internal static string Present(ForeignTransaction transaction, RowChange change, long there) =>
        $"{Place(transaction)}, {change.Table}: {there} {(there == 1 ? "row has" : "rows have")} {Listed(change.Key.Concat(change.Seen))}, and none may.";

    private static string Of(ForeignTransaction transaction, RowChange change)
    {
        var row = $"{Place(transaction)}, {Row(transaction, change)}";
        return change.Kind switch
        {
            RowChangeKind.Insert => $"{row}: new, {Listed(change.Key.Where(column => !IsName(column.Key)).Concat(change.Values))}",
            RowChangeKind.Delete => change.Seen.Count == 0 ? $"{row}: deleted" : $"{row}: deleted, it has {Listed(change.Seen)}",
            RowChangeKind.Absent => $"{Place(transaction)}, {change.Table}: only if none has {Listed(change.Key.Concat(change.Seen))}",
            _ => $"{row}: {string.Join(", ", Updates(change).DefaultIfEmpty("its time of change"))}{(change.Miss == Miss.Accept ? ", if it still is so" : "")}",
        };
    }

    private static IEnumerable<string> Updates(RowChange change)
    {
        foreach (var (column, value) in change.Values.Concat(change.Along.Where(column => !IsTime(column.Key))))
        {
            yield return change.Seen.TryGetValue(column, out var before) || change.Key.TryGetValue(column, out before)
                ? $"{column} {Shown(column, before)} → {Shown(column, value)}"
                : $"{column} → {Shown(column, value)}";
        }

        foreach (var counter in change.Counters)
        {
            yield return $"{counter} + 1";
        }

        foreach (var (column, merge) in change.Merges)
        {
            foreach (var (key, value) in merge.Values)
            {
                yield return merge.Seen.TryGetValue(key, out var before)
                    ? $"{column} {key} {Shown(key, before)} → {Shown(key, value)}"
                    : $"{column} {key} → {Shown(key, value)}";
            }

            foreach (var key in merge.Secrets.Keys)
            {
                yield return $"{column} {key} → (not shown)";
            }
        }
    }

    // In the order of RowStatement.Now.
    private static IEnumerable<(string Column, object? Value)> Seen(RowChange change) =>
    [
        .. change.Seen.Select(column => (column.Key, column.Value)),
        .. change.Merges.SelectMany(merge => merge.Value.Seen.Select(key => ($"{merge.Key} {key.Key}", (object?)key.Value))),
    ];

    private static string Row(ForeignTransaction transaction, RowChange change)
    {
        if (change is { Table: "instances" or "instance_actions" or "instance_actions_events" } && transaction.Subject.Length > 0)
        {
            return $"{change.Table} of {transaction.Subject}";
        }

        var ofInstance = change.Table is "allocations" or "consumers" or "volume_attachment" or "block_device_mapping" or "ports"
            or "ml2_port_bindings" or "ml2_port_binding_levels";
        var names = change.Key.Where(column => IsName(column.Key)).Select(column => $"{column.Key} {column.Value}");
        var name = string.Join(" ", names);
        return name.Length == 0 ? change.Table
            : ofInstance && transaction.Subject.Length > 0 ? $"{change.Table} of {transaction.Subject} ({name})"
            : $"{change.Table} {name}";
    }

    private static bool IsName(string column) => column is "id" or "uuid" or "port_id" or "level" or "request_id" or "consumer_id";

    private static bool IsTime(string column) => column.EndsWith("_at", StringComparison.Ordinal) || column.EndsWith("_time", StringComparison.Ordinal);

    private static string Listed(IEnumerable<KeyValuePair<string, object?>> columns) =>
        string.Join(", ", columns.Select(column => $"{column.Key} {Shown(column.Key, column.Value)}"));

    private static string Shown(string column, object? value) => value switch
    {
        _ when ForeignSecrets.Covers(column[(column.LastIndexOf(' ') + 1)..]) => "(not shown)",
        null => "none",
        string when Documents.Contains(column) => "(a document)",
        "" => "empty",
        true => "1",
        false => "0",
        JsonNode node => JsonKeys.Text(node) ?? node.ToJsonString(JsonKeys.Plain),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
