using k8s.Models;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>What holds for every container of the chart, however it is installed.</summary>
public class WorkloadTests
{
    public static TheoryData<string> Sets => ValueSets.All;

    [Theory, MemberData(nameof(Sets))]
    public async Task A_container_can_do_no_more_than_it_must(string set)
    {
        foreach (var (name, pod, _) in (await Release.OfAsync(set)).Pods)
        {
            var container = Assert.Single(pod.Containers);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.Null(pod.HostPID);
            Assert.Null(pod.HostIPC);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.NotEqual(true, container.SecurityContext.Privileged);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            if (name == "executor")
            {
                Assert.Equal(["DAC_READ_SEARCH"], container.SecurityContext.Capabilities.Add);
            }
            else
            {
                Assert.True(pod.SecurityContext.RunAsNonRoot);
                Assert.NotEqual(0, pod.SecurityContext.RunAsUser);
                Assert.Null(container.SecurityContext.Capabilities.Add);
                Assert.Null(pod.HostNetwork);
                Assert.All(pod.Volumes, volume => Assert.Null(volume.HostPath));
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task A_container_has_limits_and_one_that_serves_has_probes(string set)
    {
        foreach (var (_, pod, serves) in (await Release.OfAsync(set)).Pods)
        {
            var container = Assert.Single(pod.Containers);
            Assert.Equal(["cpu", "memory"], container.Resources.Limits.Keys.Order());
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order());
            if (serves)
            {
                Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], Assert.NotNull);
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task A_probe_asks_a_port_that_is_served(string set)
    {
        foreach (var (name, pod, _) in (await Release.OfAsync(set)).Pods.Where(pod => pod.Serves))
        {
            var container = Assert.Single(pod.Containers);
            var port = Assert.Single(container.Ports);
            foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
            {
                Assert.Equal(port.Name, name == "executor" ? probe.TcpSocket.Port.Value : probe.HttpGet.Port.Value);
            }
        }
    }

    [Fact]
    public async Task A_database_that_is_away_takes_a_replica_out_of_service_and_restarts_nothing()
    {
        var container = Assert.Single((await Release.OfAsync("mysql-replicas")).ControlPlane.Spec.Template.Spec.Containers);

        Assert.Equal("/healthz/ready", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/healthz/live", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("/healthz/live", container.StartupProbe.HttpGet.Path);
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task The_service_leads_to_the_control_plane_and_a_selector_finds_its_own_pods(string set)
    {
        var release = await Release.OfAsync(set);
        var service = Assert.Single(release.Of<V1Service>());
        var control = release.ControlPlane.Spec;

        Assert.Contains(Assert.Single(service.Spec.Ports).TargetPort.Value, control.Template.Spec.Containers[0].Ports.Select(port => port.Name));
        Assert.True(Finds(service.Spec.Selector, control.Template));
        Assert.True(Finds(control.Selector.MatchLabels, control.Template));
        if (release.Executor is { } executor)
        {
            Assert.True(Finds(executor.Spec.Selector.MatchLabels, executor.Spec.Template));
            Assert.False(Finds(service.Spec.Selector, executor.Spec.Template));
        }

        if (release.Migration is { } migration)
        {
            Assert.False(Finds(service.Spec.Selector, migration.Spec.Template));
        }
    }

    [Fact]
    public async Task Replicas_are_spread_and_not_all_taken_away_at_once()
    {
        var release = await Release.OfAsync("mysql-replicas");
        var control = release.ControlPlane.Spec;

        Assert.Equal(3, control.Replicas);
        Assert.Equal("RollingUpdate", control.Strategy.Type);
        Assert.Equal("0", control.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.Equal(2, control.Template.Spec.TopologySpreadConstraints.Count);
        Assert.True(Finds(Assert.Single(release.Of<V1PodDisruptionBudget>()).Spec.Selector.MatchLabels, control.Template));
    }

    [Fact]
    public async Task On_one_file_there_are_never_two()
    {
        var release = await Release.OfAsync("default");

        Assert.Equal(1, release.ControlPlane.Spec.Replicas);
        Assert.Equal("Recreate", release.ControlPlane.Spec.Strategy.Type);
        Assert.Equal("keep", Assert.Single(release.Of<V1PersistentVolumeClaim>()).Metadata.Annotations["helm.sh/resource-policy"]);
        Assert.Empty(release.Of<V1PodDisruptionBudget>());
    }

    // What else there is of MySQL's would be an empty volume that is forgotten, and a schema that nobody migrates.
    [Fact]
    public async Task Each_database_brings_only_what_is_its_own()
    {
        Assert.Null((await Release.OfAsync("default")).Migration);
        Assert.Empty((await Release.OfAsync("mysql-replicas")).Of<V1PersistentVolumeClaim>());
        Assert.NotNull((await Release.OfAsync("mysql-replicas")).Migration);
    }

    private static bool Finds(IDictionary<string, string> selector, V1PodTemplateSpec template) =>
        selector.All(label => template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
