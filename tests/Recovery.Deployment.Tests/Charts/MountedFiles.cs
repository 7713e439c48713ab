using System.Text;
using k8s.Models;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>
/// What a container would see, laid out in a temporary directory as a kubelet does it: ConfigMaps and Secrets of the
/// release, and those that its values say somebody else made.
/// </summary>
internal sealed class MountedFiles : IDisposable
{
    /// <summary>Secrets from outside, with the keys that values.yaml asks for.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Outside = new()
    {
        ["outside-database"] = new() { ["connection-string"] = "Server=db;Database=recovery;User ID=recovery;Password=secret" },
        ["outside-fencing"] = new() { ["bmc-node1"] = "secret" },
        ["outside-chap"] = new() { ["passwords"] = "[]" },
        ["outside-client-tls"] = new() { ["tls.crt"] = "", ["tls.key"] = "", ["ca.crt"] = "" },
        ["outside-openstack"] = new()
        {
            ["reader"] = "Server=db;User ID=recovery_reader;Password=secret",
            ["read-only"] = "Server=db;User ID=recovery_reader;Password=secret",
            ["writer"] = "Server=db;User ID=recovery_writer;Password=secret",
        },
        ["outside-identity"] = new() { ["password"] = "secret", ["credential"] = "secret" },
        ["outside-authority"] = new() { ["ca.crt"] = "" },
        ["outside-executor-tls"] = new() { ["tls.crt"] = "", ["tls.key"] = "", ["ca.crt"] = "" },
    };

    private readonly string root = Directory.CreateTempSubdirectory("recovery-mounts-").FullName;

    public MountedFiles(Release release, V1PodSpec pod)
    {
        var container = Assert.Single(pod.Containers);
        foreach (var mount in container.VolumeMounts)
        {
            var files = FilesOf(release, pod.Volumes.Single(volume => volume.Name == mount.Name));
            if (mount.SubPath is { } one)
            {
                Write(mount.MountPath, files[one]);
                continue;
            }

            Directory.CreateDirectory(Outer(mount.MountPath));
            foreach (var (name, content) in files)
            {
                Write(Path.Combine(mount.MountPath, name), content);
            }
        }
    }

    /// <summary>The container's arguments, with its files where they are now; the settings file's own paths are moved too.</summary>
    public string[] Arguments(V1Container container)
    {
        foreach (var settings in Directory.EnumerateFiles(Outer("/etc/recovery"), "*.json"))
        {
            var text = File.ReadAllText(settings);
            File.WriteAllText(settings, text.Replace("\"/", $"\"{root}/", StringComparison.Ordinal));
        }

        return [.. container.Args.Select(argument => argument.StartsWith('/') ? Outer(argument) : argument)];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static Dictionary<string, string> FilesOf(Release release, V1Volume volume)
    {
        if (volume.ConfigMap is { } map)
        {
            return new(release.Of<V1ConfigMap>().Single(each => each.Metadata.Name == map.Name).Data);
        }

        if (volume.Secret is { } secret)
        {
            var keys = Outside.GetValueOrDefault(secret.SecretName)
                ?? new(release.Of<V1Secret>().Single(each => each.Metadata.Name == secret.SecretName).StringData ?? new Dictionary<string, string>());
            return secret.Items is null ? keys : secret.Items.ToDictionary(item => item.Path, item => keys[item.Key]);
        }

        // A host's directory of certificates, as values.yaml describes it.
        return volume.Name == "tls" ? Outside["outside-executor-tls"] : [];
    }

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outer(path))!);
        File.WriteAllText(Outer(path), content, Encoding.UTF8);
    }

    private string Outer(string path) => root + path;
}
