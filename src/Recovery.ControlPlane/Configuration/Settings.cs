using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Recovery.ControlPlane.Configuration;

/// <summary>
/// All that this process was told, before anything is started: file, then environment, then command line, the later
/// over the earlier. Either it is right, or <see cref="Faults"/> names everything that is wrong with it.
/// </summary>
public sealed record Settings
{
    public const string ConfigFileKey = RecoveryOptions.Section + ":ConfigFile";
    public const string DefaultUrl = "http://127.0.0.1:7070";

    /// <summary>Not null when there is only something to print.</summary>
    public string? Answer { get; private init; }

    /// <summary>Bring the database to this release's schema and end, in place of serving.</summary>
    public bool Migrate { get; private init; }

    public IReadOnlyList<string> Faults { get; private init; } = [];

    public RecoveryOptions Options { get; private init; } = new();

    /// <summary>File, environment and command line, without the framework's own defaults.</summary>
    public required IConfiguration Configuration { get; init; }

    public static Settings Read(IReadOnlyList<string> arguments) =>
        Read(arguments, new ConfigurationBuilder().AddEnvironmentVariables().Build());

    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment, with <c>:</c> for <c>__</c>.</param>
    public static Settings Read(IReadOnlyList<string> arguments, IConfiguration environment)
    {
        var commandLine = CommandLine.Parse(arguments);
        if (commandLine.Help || commandLine.Version)
        {
            return new Settings
            {
                Answer = commandLine.Help ? Help.Text() : Help.Version,
                Configuration = environment,
            };
        }

        var faults = new List<string>(commandLine.Faults);
        var told = new ConfigurationBuilder();
        var file = commandLine.Values.GetValueOrDefault(ConfigFileKey) ?? environment[ConfigFileKey];
        if (file is not null && ConfigurationFile.IsReadable(file, faults))
        {
            told.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        }

        var configuration = told
            .AddInMemoryCollection(environment.GetSection(RecoveryOptions.Section).AsEnumerable().Where(pair => pair.Value is not null))
            .AddInMemoryCollection(Urls(environment))
            .AddInMemoryCollection(commandLine.Values)
            .Build();
        var section = configuration.GetSection(RecoveryOptions.Section);
        var options = OptionsReader.Read<RecoveryOptions>(section, ["ConfigFile"], faults);
        OptionRules.Check(options, section, faults);
        CheckUrls(configuration["urls"], faults);
        return new Settings { Configuration = configuration, Options = options, Migrate = commandLine.Migrate, Faults = faults };
    }

    // The framework's own order would put its variables below the file; whoever starts the process has the last word.
    private static Dictionary<string, string?> Urls(IConfiguration environment) =>
        environment["ASPNETCORE_URLS"] is { Length: > 0 } urls ? new() { ["urls"] = urls } : [];

    private static void CheckUrls(string? urls, List<string> faults)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                faults.Add($"urls: \"{url}\" is not an address to listen on. Write http://ADDRESS:PORT, as {DefaultUrl}; several are separated by semicolons.");
            }
        }
    }
}

/// <summary>The configuration file, looked at before the framework's provider throws at it.</summary>
internal static class ConfigurationFile
{
    private static readonly string[] Sections =
        [RecoveryOptions.Section, "Logging", "Kestrel", "Urls", "AllowedHosts", "$schema"];

    public static bool IsReadable(string path, List<string> faults)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                faults.Add($"{path} is not a JSON object. Write {{\"Recovery\":{{…}}}}.");
                return false;
            }

            foreach (var member in document.RootElement.EnumerateObject().Select(member => member.Name.Split(':')[0]))
            {
                if (!Sections.Contains(member, StringComparer.OrdinalIgnoreCase))
                {
                    faults.Add($"{path}: \"{member}\" is not known.{Nearest.Hint(member, Sections)} Recovery's own settings are below \"Recovery\".");
                }
            }

            return true;
        }
        catch (JsonException exception)
        {
            faults.Add($"{path} is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. Mend it there.");
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"The configuration file {path} can't be read: {exception.Message} Check --config and {ConfigFileVariable}.");
            return false;
        }
    }

    private const string ConfigFileVariable = "Recovery__ConfigFile";
}
