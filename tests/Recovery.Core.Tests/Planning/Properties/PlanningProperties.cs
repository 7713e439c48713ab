using CsCheck;

namespace Recovery.Core.Tests.Planning.Properties;

public class PlanningProperties
{
    private const int Samples = 1_000;

    public static TheoryData<string> Names => [.. Truths.All.Select(truth => truth.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_holds_for_every_cluster(string truth) => Hold(truth, PlannerUnderTest.Real);

    private static void Hold(string name, PlannerUnderTest planner)
    {
        var truth = Truths.All.Single(each => each.Name == name);
        var samples = long.TryParse(Environment.GetEnvironmentVariable("PLANNING_SAMPLES"), out var asked) ? asked : Samples;
        PlanningCase? found = null;
        try
        {
            ClusterGenerator.Cases.Sample(
                question =>
                {
                    if (Violation(question) is not null)
                    {
                        found = question;
                        throw new InvalidOperationException();
                    }
                },
                iter: samples,
                print: _ => "");
        }
        catch (CsCheckException) when (found is not null)
        {
            var smallest = Shrinking.Smallest(found, question => Violation(question) is not null);
            Assert.Fail($"{Violation(smallest)}\n{smallest}");
        }

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
