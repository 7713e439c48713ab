using System.Globalization;
using System.Runtime.InteropServices;

namespace Recovery.Benchmarks;

/// <summary>Puts what was measured into <c>docs/benchmarks.md</c>, with where and when.</summary>
internal static class Report
{
    /// <summary>Replaces what is between the markers of this name.</summary>
    /// <exception cref="InvalidOperationException">The document or its markers are missing.</exception>
    public static void Write(string name, string table)
    {
        var path = Path.Combine(Root(), "docs", "benchmarks.md");
        var text = File.ReadAllText(path);
        var (opening, closing) = ($"<!-- {name}: begin -->", $"<!-- {name}: end -->");
        var (from, to) = (text.IndexOf(opening, StringComparison.Ordinal), text.IndexOf(closing, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"{path} lacks the markers {opening} and {closing}; put them back where the table belongs.");
        }

        File.WriteAllText(path, $"{text[..(from + opening.Length)]}\n{Measured()}\n\n{table}\n{text[to..]}");
        Console.WriteLine($"Written to {path}.");
    }

    private static string Measured() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}:");

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Recovery.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout of Recovery; run this from one.");
    }
}
