using System.Text.RegularExpressions;

namespace Recovery.ControlPlane.Tests.House;

/// <summary>Which folder may know which, as docs/architecture.md draws it.</summary>
public partial class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Api"] = ["Recoveries", "Inventory", "Persistence", "Configuration"],
        ["Recoveries"] = ["Inventory", "Fencing", "Executors", "Persistence", "Configuration"],
        ["Detection"] = ["Inventory", "Executors", "Persistence"],
        ["Inventory"] = ["Persistence", "Configuration"],
        ["Fencing"] = ["Persistence", "Configuration"],
        ["Executors"] = ["Persistence", "Configuration"],
        ["Persistence"] = ["Configuration"],
        ["Configuration"] = [],
    };

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_knows_only_what_the_architecture_draws(string folder)
    {
        var known = Sources(folder)
            .SelectMany(file => Using().Matches(File.ReadAllText(file)).Select(match => (File: file, Folder: match.Groups[1].Value)))
            .Where(use => use.Folder != folder)
            .ToList();

        Assert.NotEmpty(Sources(folder));
        Assert.Empty(known.Where(use => !Allowed[folder].Contains(use.Folder)).Select(use => $"{Path.GetFileName(use.File)} uses {use.Folder}"));
    }

    private static string[] Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Checkout.Root, "src/Recovery.ControlPlane", folder), "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"Recovery\.ControlPlane\.(Api|Recoveries|Detection|Inventory|Fencing|Executors|Persistence|Configuration)\b")]
    private static partial Regex Using();
}
