namespace Recovery.Deployment.Tests.Charts;

public class LintTests
{
    public static TheoryData<string> Sets => ValueSets.All;

    [Theory, MemberData(nameof(Sets))]
    public async Task Helm_has_nothing_against_the_chart(string set)
    {
        var (exitCode, output, error) = await Helm.RunAsync("lint", "--strict", Repository.Chart, "--values", ValueSets.FileOf(set));

        Assert.True(exitCode == 0, output + error);
        Assert.DoesNotContain("[WARNING]", output);
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Kubernetes_types_know_every_field_and_no_object_is_there_twice(string set)
    {
        var release = await Release.OfAsync(set);

        Assert.NotEmpty(release.Objects);
        Assert.Equal(release.Objects.Count, release.Objects.Select(each => $"{each.Kind}/{each.Metadata.Name}").Distinct().Count());
        Assert.All(release.Objects, each => Assert.True(each.Metadata.Name.Length <= 63, each.Metadata.Name));
    }

    [Fact]
    public async Task Names_stay_short_enough_when_the_release_has_a_long_one()
    {
        var release = await Release.WithAsync($"fullnameOverride={new string('a', 60)}", "controlPlane.replicas=1");

        Assert.All(release.Objects, each => Assert.True(each.Metadata.Name.Length <= 63, each.Metadata.Name));
    }
}
