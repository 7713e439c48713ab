using System.Text.RegularExpressions;
using Recovery.Deployment.Tests.Charts;

namespace Recovery.Deployment.Tests.Containers;

public class ContainerfileTests
{
    public static TheoryData<string> Files => ["src/Recovery.ControlPlane/Containerfile", "src/Recovery.Executor/Containerfile"];

    [Theory, MemberData(nameof(Files))]
    public void What_an_image_is_made_from_is_named_by_whoever_builds_it(string file)
    {
        var bases = Regex.Matches(Repository.Read(file), "^FROM (\\S+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value);

        Assert.Equal(["${SDK_IMAGE}", "${RUNTIME_IMAGE}"], bases);
    }

    [Theory, MemberData(nameof(Files))]
    public void All_that_is_copied_from_the_repository_is_there_and_let_in(string file)
    {
        var letIn = Repository.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Regex.Matches(Repository.Read(file), "^COPY (?!--from)(.+) \\S+$", RegexOptions.Multiline)
            .SelectMany(match => match.Groups[1].Value.Split(' ')).ToList();

        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.All(copied, path => Assert.Contains(letIn, open => path == open || path.StartsWith($"{open}/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_control_planes_user_is_the_same_everywhere()
    {
        var pod = (await Release.OfAsync("default")).ControlPlane.Spec.Template.Spec;

        Assert.Contains("USER 10070:10070", Repository.Read("src/Recovery.ControlPlane/Containerfile"));
        Assert.Equal(10070, pod.SecurityContext.RunAsUser);
        Assert.Contains("user: \"10070:10070\"", Repository.Read("docker-compose.yml"));
    }

    [Theory, InlineData("docker-compose.yml"), InlineData("charts/recovery/values.yaml"), MemberData(nameof(Files))]
    public void No_registry_is_named(string file)
    {
        // The part of an image's name before the first slash is a host when it has a dot or a port.
        Assert.DoesNotMatch("(?m)(image|repository|FROM|_IMAGE)[:= ]+[\\w-]+(\\.[\\w.-]+|:\\d+)+/", Repository.Read(file));
    }
}
