using k8s.Models;
using Recovery.ControlPlane.Configuration;
using Recovery.Executor.Configuration;
using CommandLine = Recovery.Executor.Configuration.CommandLine;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>The rendered settings, read by the programs that they are for.</summary>
public class SettingsTests
{
    public static TheoryData<string> Sets => ValueSets.All;

    /// <summary>What the chart leaves to the program: the pod's name, the image's agents, and a secret in plain sight.</summary>
    private static readonly string[] Left = ["Recovery:Runner:Replica", "Recovery:Fencing:AgentDirectory", "Recovery:Database:ConnectionString"];

    [Theory, MemberData(nameof(Sets))]
    public async Task The_control_plane_understands_its_settings_and_finds_every_file(string set)
    {
        var release = await Release.OfAsync(set);
        foreach (var (name, pod, _) in release.Pods.Where(pod => pod.Name != "executor"))
        {
            using var files = new MountedFiles(release, pod);

            var settings = Recovery.ControlPlane.Configuration.Settings.Read(files.Arguments(pod.Containers[0]), Nothing);

            Assert.True(settings.Faults.Count == 0, $"{name}: {string.Join("\n", settings.Faults)}");
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task The_control_plane_listens_where_its_port_is(string set)
    {
        var pod = (await Release.OfAsync(set)).ControlPlane.Spec.Template.Spec;
        var settings = SettingsFile.Of((await Release.OfAsync(set)).SettingsOf(pod), "recovery.json");

        Assert.Equal($"http://*:{Assert.Single(pod.Containers[0].Ports).ContainerPort}", settings["urls"]);
    }

    [Fact]
    public async Task Every_setting_of_the_control_plane_can_be_made_through_the_chart()
    {
        var made = new HashSet<string>(Left, StringComparer.Ordinal);
        foreach (var set in ValueSets.All.Select(row => row.Data))
        {
            var release = await Release.OfAsync(set);
            made.UnionWith(SettingsFile.Of(release.SettingsOf(release.ControlPlane.Spec.Template.Spec), "recovery.json").Keys);
        }

        var missing = OptionsReader.Keys(typeof(RecoveryOptions)).Select(option => $"Recovery:{option.Key}")
            .Where(key => !made.Any(each => IsOne(each, key)));

        Assert.True(!missing.Any(), $"Add to settings in charts/recovery/values.yaml and values.schema.json: {string.Join(", ", missing)}");
    }

    [Theory, InlineData("executors"), InlineData("executors-own-certificates"), InlineData("lab")]
    public async Task The_executor_understands_its_settings_and_finds_every_file(string set)
    {
        var release = await Release.OfAsync(set);
        var pod = release.Executor!.Spec.Template.Spec;
        using var files = new MountedFiles(release, pod);
        var faults = new List<string>();

        var configuration = CommandLine.Configure([.. files.Arguments(pod.Containers[0]), .. OnNode(pod.Containers[0])], faults);
        var settings = SettingsReader.Read(configuration, out var settingFaults);

        Assert.True(faults.Count + settingFaults.Count == 0, string.Join("\n", faults.Concat(settingFaults)));
        Assert.Equal("node7", settings!.Host);
        Assert.Equal(pod.Containers[0].Ports[0].ContainerPort, settings.Listen.Port);
        Assert.Equal("10.0.0.17", settings.GuestListenAddress.ToString());
    }

    [Fact]
    public async Task Every_setting_of_the_executor_can_be_made_through_the_chart()
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in ValueSets.All.Select(row => row.Data))
        {
            var release = await Release.OfAsync(set);
            if (release.Executor?.Spec.Template.Spec is { } pod)
            {
                made.UnionWith(SettingsFile.Of(release.SettingsOf(pod), "executor.json").Keys.Select(key => key.Split(':')[1]));
                made.UnionWith(pod.Containers[0].Env.Where(each => each.Name.StartsWith("Executor__", StringComparison.Ordinal)).Select(each => each.Name[10..]));
            }
        }

        var known = CommandLine.Help.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("Executor:", StringComparison.Ordinal))
            .Select(line => line[9..].Split(' ', ':')[0]);

        Assert.Empty(known.Except(made));
    }

    [Theory, InlineData("executors"), InlineData("lab")]
    public async Task What_the_executor_remembers_is_the_hosts_own_and_disks_are_only_looked_at(string set)
    {
        var release = await Release.OfAsync(set);
        var pod = release.Executor!.Spec.Template.Spec;
        var settings = SettingsFile.Of(release.SettingsOf(pod), "executor.json");

        // In a container's own /run, its restart would look like the host's.
        foreach (var directory in new[] { settings["Executor:StateDirectory"], settings["Executor:RuntimeDirectory"] })
        {
            Assert.Equal(directory, HostPathAt(pod, directory, out var mount));
            Assert.NotEqual(true, mount.ReadOnlyProperty);
        }

        foreach (var storage in settings.Where(pair => pair.Key.StartsWith("Executor:Storages:", StringComparison.Ordinal)).Select(pair => pair.Value))
        {
            Assert.Equal(storage, HostPathAt(pod, storage, out var mount));
            Assert.True(mount.ReadOnlyProperty);
            Assert.Equal("HostToContainer", mount.MountPropagation);
        }
    }

    // Of a section whose names one chooses, any does.
    private static bool IsOne(string made, string key) => key.EndsWith($":{OptionsReader.AnyName}", StringComparison.Ordinal)
        ? made.StartsWith(key[..^OptionsReader.AnyName.Length], StringComparison.Ordinal)
        : made == key;

    private static Microsoft.Extensions.Configuration.IConfiguration Nothing { get; } =
        new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();

    private static string? HostPathAt(V1PodSpec pod, string path, out V1VolumeMount mount)
    {
        var found = mount = pod.Containers[0].VolumeMounts.Single(each => each.MountPath == path);
        return pod.Volumes.Single(volume => volume.Name == found.Name).HostPath?.Path;
    }

    // The environment as a kubelet fills it in on a node, written as the command line has it.
    private static IEnumerable<string> OnNode(V1Container container)
    {
        var values = new Dictionary<string, string>();
        foreach (var variable in container.Env)
        {
            var value = variable.ValueFrom?.FieldRef.FieldPath switch
            {
                "spec.nodeName" => "node7",
                "status.hostIP" => "10.0.0.17",
                null => values.Aggregate(variable.Value, (text, known) => text.Replace($"$({known.Key})", known.Value, StringComparison.Ordinal)),
                var other => throw new InvalidOperationException($"{other} is not filled in here"),
            };
            values[variable.Name] = value;
        }

        return values.Where(pair => pair.Key.StartsWith("Executor__", StringComparison.Ordinal))
            .Select(pair => $"--{pair.Key.Replace("__", ":", StringComparison.Ordinal)}={pair.Value}");
    }
}
