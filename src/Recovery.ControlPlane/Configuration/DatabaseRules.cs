using MySqlConnector;

namespace Recovery.ControlPlane.Configuration;

/// <summary>What the settings of the database have to be. A connection string is a secret: no sentence repeats any of it.</summary>
internal static class DatabaseRules
{
    private const string Shape = "Server=HOST;Port=3306;Database=recovery;User ID=recovery;Password=…";

    public static void Check(DatabaseOptions options, IConfigurationSection section, List<string> faults)
    {
        var name = $"{section.Path}:Database";
        var secrets = new[] { ("ConnectionString", options.ConnectionString), ("ConnectionStringFile", options.ConnectionStringFile) }
            .Where(setting => setting.Item2.Length > 0)
            .Select(setting => setting.Item1)
            .ToList();
        switch (options.Provider.ToLowerInvariant())
        {
            case DatabaseOptions.Sqlite:
                CheckFile(name, options.File, faults);
                faults.AddRange(secrets.Select(setting =>
                    $"{name}:{setting} is set, but {name}:Provider is sqlite. Set Provider to mysql, or leave {setting} out."));
                break;
            case DatabaseOptions.MySql when secrets.Count == 1:
                CheckMySql(name, secrets[0], options, faults);
                break;
            case DatabaseOptions.MySql when secrets.Count == 0:
                faults.Add($"{name}:Provider is mysql, and nothing says where that is. Write {Shape} into a file that only the control plane can read, and name it as {name}:ConnectionStringFile.");
                break;
            case DatabaseOptions.MySql:
                faults.Add($"{name}:ConnectionString and ConnectionStringFile are both set; leave one of them out.");
                break;
            default:
                faults.Add($"{name}:Provider is \"{options.Provider}\"; it has to be sqlite or mysql.{Nearest.Hint(options.Provider, [DatabaseOptions.Sqlite, DatabaseOptions.MySql])}");
                break;
        }
    }

    /// <summary>MySQL's connection string, from wherever it was told.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="IOException">Its file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Its file can't be read.</exception>
    public static MySqlConnectionStringBuilder ReadMySql(DatabaseOptions options) => new(
        (options.ConnectionStringFile.Length > 0 ? File.ReadAllText(options.ConnectionStringFile) : options.ConnectionString).Trim());

    private static void CheckMySql(string name, string setting, DatabaseOptions options, List<string> faults)
    {
        if (options.ServerVersion.Length > 0
            && !Microsoft.EntityFrameworkCore.ServerVersion.TryParse(options.ServerVersion, out _))
        {
            faults.Add($"{name}:ServerVersion is \"{options.ServerVersion}\"; it has to be a version and a kind, as 10.11.6-mariadb or 8.0.36-mysql, or empty, and the server is asked.");
        }

        try
        {
            var told = ReadMySql(options);
            var missing = new[] { ("Server", told.Server), ("Database", told.Database), ("User ID", told.UserID) }
                .Where(part => string.IsNullOrWhiteSpace(part.Item2))
                .Select(part => part.Item1)
                .ToList();
            if (missing.Count > 0)
            {
                faults.Add($"{name}:{setting} names no {string.Join(", no ", missing)}. Write {Shape}.");
            }
        }
        catch (ArgumentException)
        {
            // What it says may be a piece of the password.
            faults.Add($"{name}:{setting} is not a connection string of MySQL. Write {Shape}; a value with a semicolon goes into double quotes.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{name}:{setting} is \"{options.ConnectionStringFile}\", which can't be read: {exception.Message} Create it, and let the control plane read it.");
        }
    }

    private static void CheckFile(string name, string path, List<string> faults)
    {
        if (path.Length == 0)
        {
            faults.Add($"{name}:File is empty; it has to be the path of the database's file.");
        }
        else if (Directory.Exists(path))
        {
            faults.Add($"{name}:File is \"{path}\", which is a directory. Name a file in it.");
        }
    }
}
