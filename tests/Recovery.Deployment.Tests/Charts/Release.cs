using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>
/// What the chart renders, read by Kubernetes' own types: a field that it doesn't know is an error, as is the same object
/// twice.
/// </summary>
internal sealed class Release
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/Secret"] = typeof(V1Secret),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["v1/PersistentVolumeClaim"] = typeof(V1PersistentVolumeClaim),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/DaemonSet"] = typeof(V1DaemonSet),
        ["batch/v1/Job"] = typeof(V1Job),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
    };

    // Read by all, changed by none.
    private static readonly ConcurrentDictionary<string, Lazy<Task<Release>>> Rendered = new();

    private Release(string yaml)
    {
        Yaml = yaml;
        Objects = [.. KubernetesYaml.LoadAllFromString(yaml, Kinds, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
    }

    public string Yaml { get; }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public V1Deployment ControlPlane => Assert.Single(Of<V1Deployment>());

    public V1DaemonSet? Executor => Of<V1DaemonSet>().SingleOrDefault();

    public V1Job? Migration => Of<V1Job>().SingleOrDefault();

    /// <summary>Every pod that the release makes, and whether it serves or ends.</summary>
    public IEnumerable<(string Name, V1PodSpec Spec, bool Serves)> Pods =>
    [
        ("control plane", ControlPlane.Spec.Template.Spec, true),
        .. Executor is { } executor ? [("executor", executor.Spec.Template.Spec, true)] : Array.Empty<(string, V1PodSpec, bool)>(),
        .. Migration is { } migration ? [("migration", migration.Spec.Template.Spec, false)] : Array.Empty<(string, V1PodSpec, bool)>(),
    ];

    public static Task<Release> OfAsync(string set) =>
        Rendered.GetOrAdd(set, _ => new(async () => new(await Helm.TemplateAsync("--values", ValueSets.FileOf(set))))).Value;

    public static async Task<Release> WithAsync(params string[] values) =>
        new(await Helm.TemplateAsync([.. values.SelectMany(value => new[] { "--set", value })]));

    public IEnumerable<T> Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>();

    /// <summary>The ConfigMap that a pod mounts under this volume's name.</summary>
    public V1ConfigMap SettingsOf(V1PodSpec pod) =>
        Of<V1ConfigMap>().Single(map => map.Metadata.Name == pod.Volumes.Single(volume => volume.Name == "settings").ConfigMap.Name);
}
