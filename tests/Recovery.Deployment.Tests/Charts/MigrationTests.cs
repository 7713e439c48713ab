using k8s;
using k8s.Models;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>The job runs before anything else of the release is there.</summary>
public class MigrationTests
{
    [Theory, InlineData("mysql-replicas"), InlineData("inline-secrets")]
    public async Task It_comes_before_every_install_and_upgrade_and_brings_what_it_reads(string set)
    {
        var release = await Release.OfAsync(set);
        var job = release.Migration!;
        var pod = job.Spec.Template.Spec;

        Assert.Equal("pre-install,pre-upgrade", Hook(job, "hook"));
        Assert.Contains("before-hook-creation", Hook(job, "hook-delete-policy"));
        Assert.DoesNotContain("hook-failed", Hook(job, "hook-delete-policy"));
        foreach (var read in Read(release, pod))
        {
            Assert.Equal("pre-install,pre-upgrade", Hook(read, "hook"));
            Assert.True(int.Parse(Hook(read, "hook-weight")) < int.Parse(Hook(job, "hook-weight")));
        }

        // Its account would not be there yet.
        Assert.Null(pod.ServiceAccountName);
    }

    [Fact]
    public async Task It_is_the_same_program_on_the_same_database_told_to_migrate()
    {
        var release = await Release.OfAsync("inline-secrets");
        var job = release.Migration!.Spec.Template.Spec;
        var control = release.ControlPlane.Spec.Template.Spec;

        Assert.Equal(control.Containers[0].Image, job.Containers[0].Image);
        Assert.Equal(["migrate", .. control.Containers[0].Args], job.Containers[0].Args);
        Assert.Equal(
            SettingsFile.Of(release.SettingsOf(control), "recovery.json").Where(pair => pair.Key.StartsWith("Recovery:Database:", StringComparison.Ordinal)),
            SettingsFile.Of(release.SettingsOf(job), "recovery.json"));
    }

    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Read(Release release, V1PodSpec pod)
    {
        var names = pod.Volumes.Select(volume => volume.ConfigMap?.Name ?? volume.Secret?.SecretName).OfType<string>().ToList();
        return release.Objects.Where(each => each is V1ConfigMap or V1Secret && names.Contains(each.Metadata.Name));
    }

    private static string Hook(IKubernetesObject<V1ObjectMeta> each, string name) =>
        each.Metadata.Annotations?.TryGetValue($"helm.sh/{name}", out var value) == true ? value : "";
}
