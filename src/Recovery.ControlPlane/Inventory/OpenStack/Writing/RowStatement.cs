using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MySqlConnector;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>SQL of a <see cref="RowChange"/>: names are checked, everything else is a parameter.</summary>
internal sealed partial class RowStatement
{
    private readonly List<MySqlParameter> parameters = [];
    private readonly ForeignSecrets secrets;

    private RowStatement(ForeignSecrets secrets) => this.secrets = secrets;

    public string Text { get; private set; } = "";

    /// <summary>Its result is how many rows it found, if each is a change or not.</summary>
    public static RowStatement Apply(RowChange change, ForeignSecrets secrets)
    {
        var statement = new RowStatement(secrets);
        var table = Quoted(change.Table);
        statement.Text = change.Kind switch
        {
            RowChangeKind.Insert => statement.Insert(change, table),
            RowChangeKind.Update => $"UPDATE {table} SET {statement.Assignments(change)} WHERE {statement.AsSeen(change)}",
            RowChangeKind.Delete => $"DELETE FROM {table} WHERE {statement.AsSeen(change)}",
            _ => $"SELECT COUNT(*) FROM {table} WHERE {statement.AsSeen(change)}",
        };
        return statement;
    }

    /// <summary>Its result is how many rows are as the change leaves them.</summary>
    public static RowStatement CountDone(RowChange change)
    {
        var statement = new RowStatement(ForeignSecrets.None);
        var key = change.Key.Where(column => !change.Values.ContainsKey(column.Key));
        var seen = change.Seen.Where(column => !change.Values.ContainsKey(column.Key) && !change.Counters.Contains(column.Key));
        IEnumerable<string> conditions = change.Kind switch
        {
            RowChangeKind.Insert => [.. statement.Equal(change.Key), .. statement.Refer(change)],
            RowChangeKind.Update =>
            [
                .. statement.Equal(key), .. statement.Refer(change), .. statement.Equal(seen), .. statement.Equal(change.Values),
                .. change.Merges.SelectMany(merge => statement.Holds(merge.Key, merge.Value.Values)),
            ],
            _ => [.. statement.Equal(change.Key), .. statement.Refer(change), .. statement.Equal(change.Seen)],
        };
        statement.Text = $"SELECT COUNT(*) FROM {Quoted(change.Table)} WHERE {string.Join(" AND ", conditions)}";
        return statement;
    }

    /// <summary>The row of that key as it is now: the columns that were seen, in their order.</summary>
    public static RowStatement Now(RowChange change)
    {
        var statement = new RowStatement(ForeignSecrets.None);
        string[] columns =
        [
            .. change.Seen.Keys.Select(Quoted),
            .. change.Merges.SelectMany(merge => merge.Value.Seen.Keys.Select(key => statement.Extract(merge.Key, key))),
        ];
        var conditions = string.Join(" AND ", [.. statement.Equal(change.Key), .. statement.Refer(change)]);
        statement.Text = $"SELECT {(columns.Length == 0 ? "1" : string.Join(", ", columns))} FROM {Quoted(change.Table)} WHERE {conditions} LIMIT 2";
        return statement;
    }

    public MySqlCommand On(MySqlConnection connection, MySqlTransaction transaction)
    {
        // Names come from Quoted, which lets nothing but identifiers pass.
#pragma warning disable CA2100
        var command = new MySqlCommand(Text, connection, transaction);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static string Quoted(string name) =>
        Identifier().IsMatch(name) ? $"`{name}`" : throw new ArgumentException($"'{name}' is no name of a table or column.", nameof(name));

    // Many of the tables have no unique index over what names a row.
    private string Insert(RowChange change, string table)
    {
        KeyValuePair<string, object?>[] columns = [.. change.Key, .. change.Values, .. change.Along];
        string[] names = [.. columns.Select(column => Quoted(column.Key)), .. change.References.Keys.Select(Quoted)];
        string[] values = [.. columns.Select(column => Parameter(column.Value)), .. change.References.Values.Select(Id)];
        string[] conditions = [.. Equal(change.Key), .. Refer(change)];
        return $"INSERT INTO {table} ({string.Join(", ", names)}) SELECT {string.Join(", ", values)} FROM DUAL "
            + $"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {string.Join(" AND ", conditions)})";
    }

    private string Assignments(RowChange change) => string.Join(", ", (string[])
    [
        .. change.Values.Concat(change.Along).Select(column => $"{Quoted(column.Key)} = {Parameter(column.Value)}"),
        .. change.Counters.Select(column => $"{Quoted(column)} = {Quoted(column)} + 1"),
        .. change.Merges.Select(merge => $"{Quoted(merge.Key)} = {Merged(merge.Key, merge.Value)}"),
    ]);

    private string AsSeen(RowChange change) => string.Join(" AND ", (string[])
    [
        .. Equal(change.Key), .. Refer(change), .. Equal(change.Seen),
        .. change.Merges.SelectMany(merge => Holds(merge.Key, merge.Value.Seen)),
    ]);

    private IEnumerable<string> Equal(IEnumerable<KeyValuePair<string, object?>> columns) =>
        columns.Select(column => $"{Quoted(column.Key)} <=> {Parameter(column.Value)}");

    private IEnumerable<string> Refer(RowChange change) =>
        change.References.Select(column => $"{Quoted(column.Key)} = {Id(column.Value)}");

    private string Id(RowReference reference) =>
        $"(SELECT `id` FROM {Quoted(reference.Table)} WHERE {Quoted(reference.Column)} = {Parameter(reference.Value)})";

    // Lists and objects are not compared: their spaces and order are their writer's.
    private IEnumerable<string> Holds(string column, IReadOnlyDictionary<string, JsonNode?> keys) => keys
        .Where(key => key.Value is null or JsonValue)
        .Select(key => key.Value is null
            ? $"NULLIF({Extract(column, key.Key)}, 'null') IS NULL"
            : $"{Extract(column, key.Key)} = {Parameter(JsonKeys.Text(key.Value) ?? key.Value.ToJsonString())}");

    private string Extract(string column, string key) =>
        $"JSON_UNQUOTE(JSON_EXTRACT({Document(column, key.StartsWith("data.", StringComparison.Ordinal))}, {Parameter(Path(key))}))";

    private string Merged(string column, JsonMerge merge)
    {
        var nested = merge.Values.Keys.Concat(merge.Secrets.Keys).Any(key => key.StartsWith("data.", StringComparison.Ordinal));
        var text = Document(column, nested);
        foreach (var (key, value) in merge.Values)
        {
            text = value is null
                ? $"JSON_REMOVE({text}, {Parameter(Path(key))})"
                : $"JSON_SET({text}, {Parameter(Path(key))}, JSON_EXTRACT({Parameter(value.ToJsonString(JsonKeys.Plain))}, '$'))";
        }

        foreach (var (key, name) in merge.Secrets)
        {
            var secret = secrets.Find(name) ?? throw new ArgumentException($"The value of {key} was not given along.", nameof(merge));
            text = $"JSON_SET({text}, {Parameter(Path(key))}, {Parameter(secret)})";
        }

        return text;
    }

    private static string Document(string column, bool nested) =>
        $"COALESCE(NULLIF({Quoted(column)}, ''), '{(nested ? "{\"data\": {}}" : "{}")}')";

    private static string Path(string key) => "$." + string.Join('.', key.Split('.', 2).Select(step => $"\"{step}\""));

    private string Parameter(object? value)
    {
        var name = $"@p{parameters.Count}";
        parameters.Add(new MySqlParameter(name, value ?? DBNull.Value));
        return name;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,63}$")]
    private static partial Regex Identifier();
}
