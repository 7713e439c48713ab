using System.Globalization;
using System.Reflection;
using System.Text;

namespace Recovery.ControlPlane.Configuration;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class Help
{
    public static string Version =>
        $"recovery-control-plane {typeof(Help).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    public static string Text()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{Version}: brings the guests of dead hosts up again elsewhere, exactly once.")
            .AppendLine()
            .AppendLine("  recovery-control-plane [options]            serve")
            .AppendLine("  recovery-control-plane migrate [options]    bring the database to this release's schema, and end; SQLite does it at start")
            .AppendLine()
            .AppendLine("  --config FILE    JSON file with settings: {\"Recovery\":{\"Database\":{\"File\":\"…\"}}}")
            .AppendLine(CultureInfo.InvariantCulture, $"  --urls URLS      where to listen, separated by semicolons (default {Settings.DefaultUrl})")
            .AppendLine("  --help           this text")
            .AppendLine("  --version        the version")
            .AppendLine()
            .AppendLine("Settings come from the file, then the environment, then the command line; the later wins.")
            .AppendLine("In the file:      {\"Recovery\":{\"Runner\":{\"MaxParallel\":4}}}")
            .AppendLine("Environment:      Recovery__Runner__MaxParallel=4")
            .AppendLine("Command line:     --Recovery:Runner:MaxParallel 4")
            .AppendLine();
        foreach (var (key, _, value) in OptionsReader.Keys(typeof(RecoveryOptions)))
        {
            var range = OptionRules.Ranges.TryGetValue(key, out var limits)
                ? string.Create(CultureInfo.InvariantCulture, $", {limits.Minimum} to {limits.Maximum}")
                : "";
            var words = OptionRules.Words.TryGetValue(key, out var known) ? $", of {string.Join(", ", known)}" : "";
            var shown = value is string { Length: 0 } ? "none" : Convert.ToString(value, CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"  Recovery:{key,-41} default {shown}{range}{words}");
        }

        return text
            .AppendLine()
            .AppendLine("Exit code 0: ended when told to, or migrated. 1: the database can't be used. 2: the settings are wrong; all that is wrong is said on standard error.")
            .ToString();
    }
}
