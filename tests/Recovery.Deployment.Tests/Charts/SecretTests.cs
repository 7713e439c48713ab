using k8s.Models;

namespace Recovery.Deployment.Tests.Charts;

public class SecretTests
{
    public static TheoryData<string> Sets => ValueSets.All;

    [Theory, MemberData(nameof(Sets))]
    public async Task A_secret_is_a_file_that_is_read_only_and_never_in_the_environment(string set)
    {
        foreach (var (_, pod, _) in (await Release.OfAsync(set)).Pods)
        {
            var container = Assert.Single(pod.Containers);
            Assert.Null(container.EnvFrom);
            Assert.All(container.Env ?? [], variable => Assert.Null(variable.ValueFrom?.SecretKeyRef));
            foreach (var volume in pod.Volumes.Where(volume => volume.Secret is not null))
            {
                Assert.True(container.VolumeMounts.Single(mount => mount.Name == volume.Name).ReadOnlyProperty);

                // 0440, which a pod's own group reads without the control plane's warning; root's own need no group.
                Assert.Equal(pod.SecurityContext.FsGroup is null ? 0b100_000_000 : 0b100_100_000, volume.Secret.DefaultMode);
            }
        }
    }

    [Fact]
    public async Task What_is_secret_in_the_values_is_in_secrets_alone()
    {
        var release = await Release.OfAsync("inline-secrets");
        var secrets = release.Of<V1Secret>().ToList();

        foreach (var word in new[] { "inline-\"password\"", "inline-bmc", "inline-chap" })
        {
            Assert.Contains(secrets, secret => secret.StringData?.Values.Any(value => value.Contains(word, StringComparison.Ordinal)
                || value.Contains(word.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal)) == true);
        }

        var others = string.Join("---", release.Yaml.Split("---").Where(each => !each.Contains("kind: Secret", StringComparison.Ordinal)));
        Assert.DoesNotContain("inline-", others);
    }

    [Fact]
    public async Task The_database_user_can_only_be_read_by_the_control_plane_and_the_migration()
    {
        var release = await Release.WithAsync(
            "database.provider=mysql", "database.mysql.existingSecret=outside-database",
            "executor.enabled=true", "executor.allowPlaintext=true");

        var readers = release.Pods.Where(pod => pod.Spec.Volumes.Any(volume => volume.Secret?.SecretName == "outside-database"));

        Assert.Equal(["control plane", "migration"], readers.Select(pod => pod.Name));
    }
}
