using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Recovery.Scenarios.Tests.Scripts;
using Recovery.Scenarios.Tests.Time;
using Recovery.Scenarios.Tests.Truth;

namespace Recovery.Scenarios.Tests.Walks;

/// <summary>
/// Stories by the throw of dice; every invariant is looked at after each thing that happens.
/// </summary>
/// <remarks>
/// RECOVERY_WALKS=N runs N of them, RECOVERY_WALKS=forever until one breaks; RECOVERY_WALK=SEED tells one.
/// A broken walk is printed in the words of a scenario, as short as it could be made.
/// </remarks>
public class WalkTests
{
    private const int Usually = 10_000;

    [Fact]
    public void No_walk_breaks_an_invariant()
    {
        if (Environment.GetEnvironmentVariable("RECOVERY_WALK") is { Length: > 0 } one)
        {
            Tell(int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var wanted = Environment.GetEnvironmentVariable("RECOVERY_WALKS");
        var (from, count) = wanted switch
        {
            null or "" => (0, Usually),
            "forever" => (Environment.TickCount & 0xFFFFFF, int.MaxValue),
            _ => (0, int.Parse(wanted, CultureInfo.InvariantCulture)),
        };
        var watch = Stopwatch.StartNew();
        var broken = new ConcurrentBag<(Walk Walk, Violation Violation)>();
        long ran = 0;
        ManyStories.Run(Enumerable.Range(0, count), index =>
        {
            var walk = Walk.Of(unchecked(from + index));
            if (Guarded(walk) is { } violation)
            {
                broken.Add((walk, violation));
            }

            if (Interlocked.Increment(ref ran) % 1000 == 0)
            {
                Console.WriteLine($"{ran} walks in {watch.Elapsed.TotalSeconds:0} s, {broken.Count} broken");
            }

            return broken.Count < 5;
        });
        Console.WriteLine($"random walks: {ran} in {watch.Elapsed.TotalSeconds:0} s, {broken.Count} broken");
        foreach (var (walk, violation) in broken.OrderBy(each => each.Walk.Seed))
        {
            Console.WriteLine($"seed {walk.Seed}: {violation}");
        }

        if (broken.OrderBy(each => each.Walk.Lines.Count).FirstOrDefault() is { Walk: not null } first)
        {
            var (walk, violation) = first.Violation.Invariant == Invariant.Unforeseen ? first : Shrinking.Shrink(first.Walk, first.Violation);
            Assert.Fail($"{violation}\n{walk}\n(as it was: seed {first.Walk.Seed}; RECOVERY_WALK={walk.Seed} tells it)");
        }
    }

    // That the product throws where nobody catches is as bad as any violation.
    private static Violation? Guarded(Walk walk)
    {
        try
        {
            return walk.Run();
        }
        catch (Exception failure)
        {
            return new Violation(Invariant.Unforeseen, failure.ToString(), TimeSpan.Zero);
        }
    }

    private static void Tell(int seed)
    {
        var walk = Walk.Of(seed);
        Console.WriteLine(walk);
        var violation = walk.Run(
            telling: true, afterwards: world => Console.WriteLine(string.Join('\n', [.. world.Log, .. Story.End(world)])));
        Assert.Null(violation);
    }
}
