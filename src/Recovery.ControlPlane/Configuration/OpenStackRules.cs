using MySqlConnector;

namespace Recovery.ControlPlane.Configuration;

/// <summary>What the settings of a cloud have to be. Connection strings are secrets: no sentence repeats any of one.</summary>
internal static class OpenStackRules
{
    private const string Reader = "Server=HOST;Port=3306;User ID=recovery_reader;Password=…";
    private const string Cell = "Server=HOST;Port=3306;Database=nova";

    public static void Check(RecoveryOptions options, IConfigurationSection section, List<string> faults)
    {
        var cloud = section.GetSection("OpenStack");
        if (options.Inventory == RecoveryOptions.Nova)
        {
            CheckDatabases(options.OpenStack, cloud, faults);
            CheckApi(options.OpenStack, cloud, faults);
            if (options.OpenStack.Definitions is { CpuMode: "custom", CpuModel.Length: 0 })
            {
                faults.Add($"{cloud.Path}:Definitions:CpuMode is custom, and CpuModel is empty. Set CpuModel to the first of nova.conf's cpu_models.");
            }

            return;
        }

        // Whoever wrote them believes that they count.
        var given = cloud.AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is { Length: > 0 })
            .Select(pair => pair.Key)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (options.Inventory == RecoveryOptions.Libvirt && given.Count > 0)
        {
            faults.Add($"{cloud.Path}:{string.Join(", ", given)} {(given.Count == 1 ? "has" : "have")} no effect while {section.Path}:Inventory is libvirt. Set Inventory to nova, or leave {cloud.Path} out.");
        }
    }

    private static void CheckDatabases(OpenStackOptions options, IConfigurationSection cloud, List<string> faults)
    {
        if (options.ReaderConnectionStringFile.Length == 0)
        {
            faults.Add($"{cloud.Path}:ReaderConnectionStringFile is missing, and without it nothing says where the cloud's databases are. Write {Reader} into a file that only the control plane can read, and name it there.");
        }
        else if (!File.Exists(options.ReaderConnectionStringFile))
        {
            faults.Add($"{cloud.Path}:ReaderConnectionStringFile is \"{options.ReaderConnectionStringFile}\", and there is no such file. Create it, with {Reader} in it.");
        }

        OptionRules.ExistingFile(cloud, "WriterConnectionStringFile", options.WriterConnectionStringFile, faults);
        Named("NovaApiDatabase", options.NovaApiDatabase);
        Named("PlacementDatabase", options.PlacementDatabase);
        Named("CinderDatabase", options.CinderDatabase);
        Named("NeutronDatabase", options.NeutronDatabase);
        foreach (var (name, address) in options.Cells)
        {
            CheckCell($"{cloud.Path}:Cells:{name}", address, faults);
        }

        void Named(string key, string database)
        {
            if (string.IsNullOrWhiteSpace(database))
            {
                faults.Add($"{cloud.Path}:{key} is empty; it has to be that database's name, or left out where it has its usual one.");
            }
        }
    }

    private static void CheckCell(string key, string address, List<string> faults)
    {
        try
        {
            var told = new MySqlConnectionStringBuilder(address);
            if (told.Password.Length > 0 || told.UserID.Length > 0)
            {
                faults.Add($"{key} names a user or a password; both are those of the connection strings' files. Write {Cell}.");
            }

            if (told.Database.Length == 0)
            {
                faults.Add($"{key} names no Database. Write {Cell}.");
            }
        }
        catch (ArgumentException)
        {
            // What it says may be a piece of a password.
            faults.Add($"{key} is not a connection string of MySQL. Write {Cell}.");
        }
    }

    private static void CheckApi(OpenStackOptions options, IConfigurationSection cloud, List<string> faults)
    {
        OptionRules.ExistingFile(cloud, "PasswordFile", options.PasswordFile, faults);
        OptionRules.ExistingFile(cloud, "ApplicationCredentialSecretFile", options.ApplicationCredentialSecretFile, faults);
        OptionRules.ExistingFile(cloud, "AuthorityFile", options.AuthorityFile, faults);
        CheckLogin(options, cloud, faults);
        if (options.IdentityUrl.Length > 0)
        {
            if (!Uri.TryCreate(options.IdentityUrl, UriKind.Absolute, out var address)
                || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            {
                faults.Add($"{cloud.Path}:IdentityUrl is \"{options.IdentityUrl}\"; it has to be Keystone's address, as https://keystone:5000/v3.");
            }
        }
        else if (options.Path == OpenStackOptions.Assisted)
        {
            faults.Add($"{cloud.Path}:Path is assisted, which has Nova start the guests, and IdentityUrl is empty. Set IdentityUrl to Keystone's address, or Path to auto or direct.");
        }
    }

    // There are two ways to log in, and a half of each is none.
    private static void CheckLogin(OpenStackOptions options, IConfigurationSection cloud, List<string> faults)
    {
        (string Key, string Value)[] user =
            [("Username", options.Username), ("Project", options.Project), ("PasswordFile", options.PasswordFile)];
        (string Key, string Value)[] credential =
        [
            ("ApplicationCredentialId", options.ApplicationCredentialId),
            ("ApplicationCredentialSecretFile", options.ApplicationCredentialSecretFile),
        ];
        var given = Keys(user.Concat(credential).Where(setting => setting.Value.Length > 0));
        if (options.IdentityUrl.Length == 0)
        {
            if (given.Length > 0)
            {
                faults.Add($"{cloud.Path}:{given} without IdentityUrl logs in nowhere. Set IdentityUrl to Keystone's address, as https://keystone:5000/v3, or leave these out: no API is asked then.");
            }
        }
        else if (given.Length == 0)
        {
            faults.Add($"{cloud.Path}:IdentityUrl is set, and nothing says as whom to log in there. Set {Keys(user)}, or {Keys(credential)}.");
        }
        else if (user.Any(setting => setting.Value.Length > 0) && credential.Any(setting => setting.Value.Length > 0))
        {
            faults.Add($"{cloud.Path}:{given} belong to two ways to log in. Keep {Keys(user)}, or {Keys(credential)}.");
        }
        else
        {
            var way = user.Any(setting => setting.Value.Length > 0) ? user : credential;
            if (Keys(way.Where(setting => setting.Value.Length == 0)) is { Length: > 0 } missing)
            {
                faults.Add($"{cloud.Path}:{missing} {(missing.Contains(',', StringComparison.Ordinal) ? "are" : "is")} missing; {Keys(way)} belong together.");
            }
        }
    }

    private static string Keys(IEnumerable<(string Key, string Value)> settings) => string.Join(", ", settings.Select(setting => setting.Key));
}
