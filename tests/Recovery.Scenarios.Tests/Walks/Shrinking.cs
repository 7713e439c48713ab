using Recovery.Scenarios.Tests.Mutants;
using Recovery.Scenarios.Tests.Truth;

namespace Recovery.Scenarios.Tests.Walks;

/// <summary>Takes away what a broken walk does not need in order to break.</summary>
internal static class Shrinking
{
    // Dice fall otherwise in a shorter story: a few throws each, before a line is called needed.
    private const int Throws = 4;

    public static (Walk Walk, Violation Violation) Shrink(Walk walk, Violation violation, Mutations? mutations = null)
    {
        bool again;
        do
        {
            again = false;
            foreach (var smaller in Smaller(walk))
            {
                if (Breaks(smaller, violation.Invariant, mutations) is { } found)
                {
                    (walk, violation) = found;
                    again = true;
                    break;
                }
            }
        }
        while (again);

        return (walk, violation);
    }

    private static IEnumerable<Walk> Smaller(Walk walk)
    {
        for (var index = 0; index < walk.Lines.Count; index++)
        {
            if (!walk.Lines[index].StartsWith("until", StringComparison.Ordinal))
            {
                yield return walk with { Lines = [.. walk.Lines.Where((_, each) => each != index)] };
            }
        }

        for (var index = 0; index < walk.Start.Count; index++)
        {
            var words = walk.Start[index].Split(' ');
            var isNamed = words.Length > 1 && words[0] is "guest" or "host" or "control-plane"
                && walk.Lines.Concat(walk.Start.Where((_, each) => each != index)).Any(line => line.Split(' ', ',').Contains(words[1]));
            if (!isNamed && !(words[0] == "control-plane" && walk.Start.Count(line => line.StartsWith("control-plane", StringComparison.Ordinal)) == 1))
            {
                yield return walk with { Start = [.. walk.Start.Where((_, each) => each != index)] };
            }
        }
    }

    private static (Walk Walk, Violation Violation)? Breaks(Walk walk, Invariant invariant, Mutations? mutations)
    {
        for (var extra = 0; extra < Throws; extra++)
        {
            var thrown = extra == 0 ? walk : walk with { Seed = walk.Seed + (extra * 1_000_003) };
            try
            {
                if (thrown.Run(mutations) is { } violation && violation.Invariant == invariant)
                {
                    return (thrown, violation);
                }
            }
            catch (ArgumentException)
            {
                return null; // a line names what is gone
            }
        }

        return null;
    }
}
