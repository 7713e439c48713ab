using CsCheck;

namespace Recovery.Core.Tests.Planning.Properties;

public class PlanningProperties
{
    // As many for a broken planner as for the real one: what is not found with them would not be found.
    private static readonly long Samples =
        long.TryParse(Environment.GetEnvironmentVariable("PLANNING_SAMPLES"), out var asked) ? asked : 600;

    public static TheoryData<string> Names => [.. Truths.All.Select(truth => truth.Name)];

    public static TheoryData<string, string> Broken => [.. BrokenPlanners.All.Select(each => (each.Truth, each.Planner.Name))];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_holds_for_every_cluster(string truth)
    {
        var violation = Search(Find(truth), PlannerUnderTest.Real, toTheSmallest: true);

        Assert.True(violation is null, violation);
    }

    // Each was broken by a planner of before, and is too rare to be met every time.
    [Theory]
    [InlineData("adding an empty host never makes a plan place fewer", "7RgLh8sxLwa2")]
    public void It_holds_for_a_cluster_that_was_found_once(string truth, string seed)
    {
        var violation = Search(Find(truth), PlannerUnderTest.Real, toTheSmallest: false, seed);

        Assert.True(violation is null, violation);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_planner_is_caught(string truth, string broken) =>
        Assert.NotNull(Search(Find(truth), BrokenPlanners.All.Single(each => each.Truth == truth && each.Planner.Name == broken).Planner, toTheSmallest: false));

    [Fact]
    public void Each_truth_has_a_broken_planner_that_shows_that_it_can_fail() =>
        Assert.Equal(Truths.All.Select(truth => truth.Name).Order(), BrokenPlanners.All.Select(each => each.Truth).Distinct().Order());

    private static Truth Find(string name) => Truths.All.Single(truth => truth.Name == name);

    /// <summary>What violates the truth, in words, with a small case that does; null when nothing was found.</summary>
    private static string? Search(Truth truth, PlannerUnderTest planner, bool toTheSmallest, string? seed = null)
    {
        PlanningCase? found = null;
        try
        {
            (truth.NeedsJigsaws ? ClusterGenerator.MostlyJigsaws : ClusterGenerator.Cases).Sample(
                question =>
                {
                    // Once is enough where nobody wants to know the smallest.
                    if ((found is null || toTheSmallest) && Violation(question) is not null)
                    {
                        found = question;
                        throw new InvalidOperationException();
                    }
                },
                seed: seed,
                iter: seed is not null ? 1 : truth.NeedsJigsaws ? 4 * Samples : Samples,
                print: _ => "");
        }
        catch (CsCheckException failure) when (found is not null)
        {
            var smallest = toTheSmallest ? Shrinking.Smallest(found, question => Violation(question) is not null) : found;
            return $"{Violation(smallest)}\n{smallest}\n{failure.Message.Split('\n')[0]}";
        }

        return null;

        string? Violation(PlanningCase question)
        {
            try
            {
                return truth.Violation(question, planner);
            }
            catch (Exception crash) when (crash is not OutOfMemoryException)
            {
                return $"{planner.Name} fails: {crash}";
            }
        }
    }
}
