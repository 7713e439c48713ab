using System.Globalization;
using System.Text;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>Every row of the cloud's databases at one moment, and how two moments differ.</summary>
internal sealed class CloudRows
{
    private static readonly string[] Databases = ["nova", "placement", "cinder", "neutron"];

    private readonly SortedDictionary<string, IReadOnlyDictionary<string, object?>> rows = new(StringComparer.Ordinal);

    public static async Task<CloudRows> OfAsync(CloudDatabases cloud)
    {
        var all = new CloudRows();
        var tables = await cloud.QueryAsync(
            "nova",
            $"""
            SELECT t.table_schema AS db, t.table_name AS name, GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position) AS names
            FROM information_schema.tables t
            JOIN information_schema.key_column_usage k ON k.table_schema = t.table_schema AND k.table_name = t.table_name AND k.constraint_name = 'PRIMARY'
            WHERE t.table_schema IN ('{string.Join("', '", Databases)}') GROUP BY 1, 2
            """);
        foreach (var table in tables)
        {
            var keys = ((string)table["names"]!).Split(',');
            foreach (var row in await cloud.QueryAsync((string)table["db"]!, $"SELECT * FROM `{table["name"]}`"))
            {
                all.rows.Add($"{table["db"]}.{table["name"]} {string.Join(' ', keys.Select(key => Text(row[key])))}", row);
            }
        }

        return all;
    }

    public static string Text(object? value) => value switch
    {
        null => "NULL",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "1" : "0",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>One line a row that is new (+) or gone (-), and one a column that changed.</summary>
    /// <param name="history">Whether rows that only tell what happened, and times and counters, are told as well.</param>
    public string Since(CloudRows before, bool history = true)
    {
        StringBuilder text = new();
        foreach (var name in rows.Keys.Union(before.rows.Keys).Order(StringComparer.Ordinal).Where(name => history || !IsHistory(name)))
        {
            var (old, now) = (before.rows.GetValueOrDefault(name), rows.GetValueOrDefault(name));
            if (old is null || now is null)
            {
                var columns = (now ?? old)!.Where(column => column.Value is not null).Select(column => $"{column.Key}={Text(column.Value)}");
                text.Append(CultureInfo.InvariantCulture, $"{(old is null ? '+' : '-')} {name}: {string.Join(' ', columns)}\n");
                continue;
            }

            foreach (var (column, value) in now.Where(column => Text(column.Value) != Text(old[column.Key]) && (history || !IsCounter(column.Key))))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name}: {column} {Text(old[column])} -> {Text(value)}\n");
            }
        }

        return text.ToString();
    }

    private static bool IsHistory(string name) =>
        name.StartsWith("nova.migrations ", StringComparison.Ordinal) || name.StartsWith("nova.instance_actions", StringComparison.Ordinal);

    private static bool IsCounter(string column) => column is "updated_at" or "generation" or "revision_number";
}
