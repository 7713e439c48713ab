using System.Collections.Concurrent;
using System.Diagnostics;
using Recovery.Scenarios.Tests.Mutants;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Matrix;

/// <summary>
/// Whoever dies, whenever: before and after every write of the control plane, before and after every effect of an
/// executor, and any two of these together. The end is that of the story in which nobody dies.
/// </summary>
/// <remarks>
/// RECOVERY_MATRIX=all runs every pair, RECOVERY_MATRIX=N about so many; otherwise an even sample, the same each time.
/// </remarks>
public class CrashMatrixTests
{
    private const int PairsUsually = 600;

    private static readonly CrashCase Undisturbed = CrashCase.Run([]);

    [Fact]
    public void One_crash_at_any_moment_changes_nothing()
    {
        Assert.Null(Undisturbed.Violation);
        Say($"crash matrix: {Check(Singles(), replicas: 1)} single");
    }

    [Fact]
    public void Another_replica_takes_over_at_any_moment()
    {
        Say($"crash matrix: {Check(Singles(), replicas: 2)} single, with another replica");
    }

    [Fact]
    public void Two_crashes_at_any_moments_change_nothing()
    {
        // How many moments there are after the first crash is only known by crashing.
        var moments = new ConcurrentDictionary<int, int>();
        ManyStories.Run(Singles(), first =>
        {
            moments[first[0]] = CrashCase.Run(first).Moments;
            return true;
        });
        var all = moments.OrderBy(each => each.Key)
            .SelectMany(each => Enumerable.Range(each.Key + 1, Math.Max(0, each.Value - each.Key - 1)).Select(second => new[] { each.Key, second }))
            .ToList();
        var wanted = Environment.GetEnvironmentVariable("RECOVERY_MATRIX") switch
        {
            null or "" => PairsUsually,
            "all" => all.Count,
            var pairs => int.Parse(pairs, System.Globalization.CultureInfo.InvariantCulture),
        };
        var every = Math.Max(1, all.Count / Math.Max(1, wanted));
        var chosen = every == 1 ? all : [.. all.Where((_, index) => index % every == 0)];
        Say($"crash matrix: {Check(chosen, replicas: 1)} double of {all.Count}");
    }

    /// <summary>What one crash shows of a control plane or an executor without a guard; null: nothing.</summary>
    internal static string? Seen(Mutant mutant)
    {
        string? seen = null;
        ManyStories.Run(Singles(), crashes =>
        {
            var ran = CrashCase.Run(crashes, mutations: mutant.Mutations);
            if (ran.Violation is { } violation && mutant.Breaks.Contains(violation.Invariant))
            {
                seen = $"crash at {crashes[0]}: {violation}";
                return false;
            }

            return true;
        });
        return seen;
    }

    private static IEnumerable<int[]> Singles() => Enumerable.Range(0, Undisturbed.Moments).Select(moment => new[] { moment });

    private static int Check(IEnumerable<int[]> cases, int replicas)
    {
        var watch = Stopwatch.StartNew();
        var wrong = new ConcurrentBag<(int[] Crashes, CrashCase Case)>();
        var count = 0;
        ManyStories.Run(cases, crashes =>
        {
            var ran = CrashCase.Run(crashes, replicas);
            Interlocked.Increment(ref count);
            if (ran.Violation is not null || ran.End != Undisturbed.End)
            {
                wrong.Add((crashes, ran));
            }

            return true;
        });
        Say($"{count} cases in {watch.Elapsed.TotalSeconds:0} s, {wrong.Count} wrong");
        if (wrong.OrderBy(each => each.Crashes.Length).ThenBy(each => each.Crashes[0]).FirstOrDefault() is { Crashes: not null } first)
        {
            var again = CrashCase.Run(first.Crashes, replicas, telling: true);
            Assert.Fail(
                $"{wrong.Count} of {count} went wrong: {string.Join(" ", wrong.Select(each => $"[{string.Join(",", each.Crashes)}]").Take(20))}\n"
                + $"crashes at {string.Join(" and ", first.Crashes)}: {first.Case.Violation}\n{string.Join('\n', again.Log)}\n"
                + $"expected {Undisturbed.End}\nand was {again.End}");
        }

        return count;
    }

    private static void Say(string line) => Console.WriteLine(line);
}
