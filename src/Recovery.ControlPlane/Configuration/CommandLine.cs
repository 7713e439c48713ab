namespace Recovery.ControlPlane.Configuration;

/// <summary>What the command line says. It is read by hand so that a misspelt option is an error, not ignored.</summary>
/// <param name="Help">Print what there is and end.</param>
/// <param name="Version">Print the version and end.</param>
/// <param name="Migrate">The command <c>migrate</c>, in place of serving.</param>
/// <param name="Values">Configuration keys and values, in configuration's own spelling.</param>
/// <param name="Faults">Everything that is wrong with it.</param>
public sealed record CommandLine(
    bool Help, bool Version, bool Migrate, IReadOnlyDictionary<string, string?> Values, IReadOnlyList<string> Faults)
{
    private const string MigrateCommand = "migrate";
    private static readonly string[] Words = ["config", "urls", "environment", "help", "version"];
    private static readonly string[] Sections = [$"{RecoveryOptions.Section}:", "Logging:", "Kestrel:"];

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var help = false;
        var version = false;
        var migrate = false;
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--help" or "-h" or "-?")
            {
                help = true;
                continue;
            }

            if (arguments[i] == "--version")
            {
                version = true;
                continue;
            }

            if (i == 0 && arguments[i] == MigrateCommand)
            {
                migrate = true;
                continue;
            }

            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                faults.Add(arguments[i] == MigrateCommand ? $"\"{MigrateCommand}\" is a command; it goes before all options." :
                    $"\"{arguments[i]}\" on the command line belongs to no option. Options are written --Name value or --Name=value; --help lists them.");
                continue;
            }

            var (key, value) = Split(arguments[i][2..]);
            if (!IsKnown(key))
            {
                faults.Add($"--{key} is not an option.{Nearest.Hint(key.Split(':')[0], Words.Concat(Sections.Select(section => section.TrimEnd(':'))))} --help lists them.");
            }

            if (value is null && (i + 1 == arguments.Count || arguments[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                if (IsKnown(key))
                {
                    faults.Add($"--{key} has no value. Write --{key} VALUE.");
                }

                continue;
            }

            value ??= arguments[++i];
            values[key.Equals("config", StringComparison.OrdinalIgnoreCase) ? Settings.ConfigFileKey : key] = value;
        }

        return new CommandLine(help, version, migrate, values, faults);
    }

    private static (string Key, string? Value) Split(string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
    }

    // What is below Recovery: is judged with the rest of the configuration, wherever it comes from.
    private static bool IsKnown(string key) =>
        Words.Contains(key, StringComparer.OrdinalIgnoreCase)
        || Sections.Any(section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase));
}
