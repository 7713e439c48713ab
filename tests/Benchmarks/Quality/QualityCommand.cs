using System.Globalization;

namespace Recovery.Benchmarks.Quality;

/// <summary>Compares the planner with an exact solver on many tight clusters.</summary>
internal static class QualityCommand
{
    public const int AllSeeds = 200;

    private const double TargetPercent = 99.0;

    /// <summary>0 when the target is reached and no plan breaks a rule, else 1. Writes the outcome down after a run over all seeds.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="last">The last seed.</param>
    public static int Run(int first, int last)
    {
        var comparisons = new List<Comparison>();
        for (var seed = first; seed <= last; seed++)
        {
            comparisons.Add(Comparison.Of(seed));
            Console.WriteLine(comparisons[^1]);
        }

        var proven = comparisons.Where(comparison => comparison.Proven).ToList();
        foreach (var broken in comparisons.Where(comparison => comparison.Violations.Count > 0))
        {
            Console.WriteLine($"seed {broken.Seed} breaks rules: {string.Join("; ", broken.Violations)}");
        }

        Console.WriteLine();
        foreach (var worst in proven.Where(comparison => comparison.Missed > 0).OrderByDescending(comparison => comparison.Missed).Take(10))
        {
            Console.WriteLine(worst);
            worst.LeftOut.ToList().ForEach(each => Console.WriteLine($"    {each}"));
        }

        var table = Table(comparisons, proven);
        Console.WriteLine();
        Console.WriteLine(table);
        if (first == 1 && last == AllSeeds)
        {
            Report.Write("quality", table);
        }

        var percent = Percent(proven, comparison => comparison.Planned);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"planned/placeable = {percent:F2} % (target: at least {TargetPercent} %)"));
        return percent >= TargetPercent && comparisons.TrueForAll(comparison => comparison.Violations.Count == 0) ? 0 : 1;
    }

    private static string Table(List<Comparison> all, List<Comparison> proven)
    {
        var fitting = proven.Where(comparison => comparison.Placeable == comparison.Asked).ToList();
        var crowded = proven.Where(comparison => comparison.Placeable < comparison.Asked).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"""
            | what | measured | limit |
            |---|---|---|
            | instances placed, of {proven.Sum(each => each.Placeable)} that the solver proves placeable | {Percent(proven, each => each.Planned):F2} % | {TargetPercent} % |
            | … on the {fitting.Count} clusters where all of them fit | {Percent(fitting, each => each.Planned):F2} % | |
            | … on the {crowded.Count} clusters where not all of them fit | {Percent(crowded, each => each.Planned):F2} % | |
            | … by largest-first without repair, for comparison | {Percent(proven, each => each.Greedy):F2} % | |
            | clusters where the planner reaches the solver's number | {proven.Count(each => each.Missed <= 0)} of {proven.Count} | |
            | clusters that the solver could not settle in 20 s, not counted | {all.Count - proven.Count} | |
            | plans that break a rule | {all.Count(each => each.Violations.Count > 0)} | 0 |
            | slowest plan | {all.Max(each => each.Planning).TotalMilliseconds:F0} ms | |
            """);
    }

    private static double Percent(List<Comparison> comparisons, Func<Comparison, int> placed) =>
        comparisons.Count == 0 ? 100 : 100.0 * comparisons.Sum(placed) / comparisons.Sum(comparison => comparison.Placeable);
}
