using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using SQLitePCL;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>
/// The one database of a story's control planes: SQLite in memory, on one connection, since only one thread is ever there.
/// Knows which tables the current transaction has touched.
/// </summary>
internal sealed class Database : IDisposable
{
    private static readonly Lock TemplateGate = new();
    private static readonly Lazy<SqliteConnection> Template = new(Create);

    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteCommand> prepared = [];
    private readonly delegate_update hook;

    public Database()
    {
        Connection = new SqliteConnection("Data Source=:memory:;Foreign Keys=True;Pooling=False");
        Connection.Open();
        lock (TemplateGate)
        {
            Template.Value.BackupDatabase(Connection);
        }

        using var pragma = Connection.CreateCommand();
        pragma.CommandText = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY";
        pragma.ExecuteNonQuery();
        hook = (_, _, _, table, _) => touched.Add(table.utf8_to_string());
        raw.sqlite3_update_hook(Connection.Handle, hook, null);
    }

    public SqliteConnection Connection { get; }

    /// <summary>What was touched since this was asked last.</summary>
    public IReadOnlySet<string> Touched => touched;

    public void Forget() => touched.Clear();

    /// <summary>The story's own look at the rows, between what others do.</summary>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = prepared[sql] = Connection.CreateCommand();
            command.CommandText = sql;
        }

        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public long Count(string sql, params (string Name, object Value)[] parameters) =>
        Read(sql, reader => reader.GetInt64(0), parameters).Single();

    /// <summary>As EF Core writes a GUID into SQLite.</summary>
    public static string Text(Guid id) => id.ToString("D").ToUpperInvariant();

    public static string Text(string id) => id.ToUpperInvariant();

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Every word in it.</summary>
    public IEnumerable<(string Table, string Text)> Words()
    {
        var tables = Read("SELECT name FROM sqlite_master WHERE type = 'table'", reader => reader.GetString(0));
        foreach (var table in tables)
        {
            foreach (var row in Read($"SELECT * FROM \"{table}\"", reader => string.Join('\n', Enumerable.Range(0, reader.FieldCount)
                .Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)))))
            {
                yield return (table, row);
            }
        }
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        Connection.Dispose();
    }

    private static SqliteConnection Create()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        using var context = new RecoveryDbContext(new DbContextOptionsBuilder<RecoveryDbContext>().UseSqlite(connection).Options);
        context.Database.EnsureCreated();
        return connection;
    }
}
