using System.Collections.Concurrent;
using Recovery.Scenarios.Tests.Matrix;
using Recovery.Scenarios.Tests.Time;
using Recovery.Scenarios.Tests.Truth;
using Recovery.Scenarios.Tests.Walks;

namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>Each guard is taken away once: the crash matrix or the walks have to see it. A guard that nobody misses guards nothing.</summary>
/// <remarks>RECOVERY_MUTANT=WORDS runs those whose name contains the words.</remarks>
public class MutantTests
{
    private const int WalksAtMost = 800;

    public static TheoryData<string> Names() => [.. Mutant.All
        .Select(mutant => mutant.Name)
        .Where(name => name.Contains(Environment.GetEnvironmentVariable("RECOVERY_MUTANT") ?? "", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_guard_is_missed(string guard)
    {
        var mutant = Mutant.All.Single(each => each.Name == guard);
        var found = new ConcurrentBag<(int Seed, Violation Violation)>();
        var others = new ConcurrentDictionary<Invariant, int>();
        if (CrashMatrixTests.Seen(mutant) is { } crash)
        {
            Console.WriteLine($"mutant \"{guard}\": seen by the crash matrix: {crash}");
            return;
        }

        ManyStories.Run(Enumerable.Range(0, WalksAtMost), seed =>
        {
            if (Walk.Of(seed).Run(mutant.Mutations) is { } violation)
            {
                if (mutant.Breaks.Contains(violation.Invariant))
                {
                    found.Add((seed, violation));
                    return false;
                }

                others.AddOrUpdate(violation.Invariant, 1, (_, count) => count + 1);
            }

            return true;
        });
        Assert.True(
            !found.IsEmpty,
            $"{WalksAtMost} walks without \"{guard}\", and none shows it ({string.Join(", ", others.Select(other => $"{other.Value} {other.Key}"))})");
        var first = found.MinBy(each => each.Seed);
        Console.WriteLine($"mutant \"{guard}\": seen by walk {first.Seed}: {first.Violation}");
    }
}
