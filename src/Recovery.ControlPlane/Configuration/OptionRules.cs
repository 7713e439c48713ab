using System.Globalization;

namespace Recovery.ControlPlane.Configuration;

/// <summary>What values options may have, beyond their types.</summary>
internal static class OptionRules
{
    /// <summary>Every number has its range; a test sees to it.</summary>
    public static IReadOnlyDictionary<string, (double Minimum, double Maximum)> Ranges { get; } =
        new Dictionary<string, (double, double)>(StringComparer.Ordinal)
        {
            ["Database:WaitSeconds"] = (0, 3600),
            ["Fencing:RetrySeconds"] = (1, 86_400),
            ["OpenStack:ServiceDownSeconds"] = (10, 3600),
            ["Planner:ReservedMemoryMib"] = (0, 67_108_864),
            ["Planner:MemoryOvercommit"] = (0.1, 100),
            ["Planner:VcpuOvercommit"] = (0.1, 1000),
            ["Planner:ReservedVcpus"] = (0, 65_536),
            ["Planner:DiskOvercommit"] = (0.1, 100),
            ["Planner:ReservedDiskMib"] = (0, 1_099_511_627_776),
            ["Planner:RepairTries"] = (0, 10_000_000),
            ["Planner:Weights:Balance"] = (0, 1000),
            ["Planner:Weights:Spread"] = (0, 1000),
            ["Planner:Weights:SoftAffinity"] = (0, 1000),
            ["Planner:Weights:SoftAntiAffinity"] = (0, 1000),
            ["Planner:Weights:SparesLast"] = (0, 1000),
            ["Planner:Weights:CachedImage"] = (0, 1000),
            ["Planner:Weights:Sessions"] = (0, 1000),
            ["Planner:Weights:FormerHost"] = (0, 1000),
            ["Plans:KeepHours"] = (1, 720),
            ["Runner:StepSeconds"] = (1, 86_400),
            ["Runner:LeaseSeconds"] = (3, 3600),
            ["Runner:MaxParallel"] = (1, 64),
            ["Runner:MaxParallelPerTarget"] = (1, 64),
            ["Runner:MaxParallelPerBackend"] = (1, 1024),
        };

    /// <summary>Texts that have to be one of these words, spelt so.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Words { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["Inventory"] = [RecoveryOptions.Libvirt, RecoveryOptions.Nova],
            ["OpenStack:Interface"] = ["public", "internal", "admin"],
            ["OpenStack:Path"] = [OpenStackOptions.Auto, OpenStackOptions.Direct, OpenStackOptions.Assisted],
            ["OpenStack:Definitions:VirtType"] = ["kvm", "qemu"],
            ["OpenStack:Definitions:CpuMode"] = ["none", "host-model", "host-passthrough", "custom"],
            ["OpenStack:Definitions:ImagesType"] = ["qcow2", "raw"],
            ["OpenStack:Definitions:CacheMode"] = ["none", "writethrough", "writeback", "directsync", "unsafe"],
            ["OpenStack:Definitions:ConfigDriveFormat"] = ["iso9660", "vfat"],
        };

    public static void Check(RecoveryOptions options, IConfigurationSection section, List<string> faults)
    {
        foreach (var (key, range) in Ranges)
        {
            // Not a number is in no range.
            var value = Convert.ToDouble(ValueOf(options, key), CultureInfo.InvariantCulture);
            if (!(value >= range.Minimum && value <= range.Maximum))
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{section.Path}:{key} is {value}; it has to be from {range.Minimum} to {range.Maximum}."));
            }
        }

        foreach (var (key, words) in Words)
        {
            if (ValueOf(options, key) is string value && !words.Contains(value, StringComparer.Ordinal))
            {
                faults.Add($"{section.Path}:{key} is \"{value}\"; it has to be {string.Join(", ", words.SkipLast(1))} or {words[^1]}.{Nearest.Hint(value, words)}");
            }
        }

        // The defaults may be missing: then no host can name an agent or a secret, and is told so.
        Directory(section, "Fencing:AgentDirectory", "the fence agents are in it", faults);
        Directory(section, "Fencing:SecretsDirectory", "the files with the secrets of fence agents are in it", faults);
        DatabaseRules.Check(options.Database, section, faults);
        ExistingFile(section, "Volumes:ChapFile", options.Volumes.ChapFile, faults);
        ExistingFile(section, "Executors:CertificateFile", options.Executors.CertificateFile, faults);
        ExistingFile(section, "Executors:KeyFile", options.Executors.KeyFile, faults);
        ExistingFile(section, "Executors:AuthorityFile", options.Executors.AuthorityFile, faults);
        if ((options.Executors.CertificateFile.Length > 0) != (options.Executors.KeyFile.Length > 0))
        {
            faults.Add($"{section.Path}:Executors:CertificateFile and KeyFile belong together; one of them is missing.");
        }

        OpenStackRules.Check(options, section, faults);
        if (string.IsNullOrWhiteSpace(options.Runner.Replica))
        {
            faults.Add($"{section.Path}:Runner:Replica is empty; give this replica a name that no other has.");
        }
    }

    private static object? ValueOf(object options, string key) =>
        key.Split(':').Aggregate((object?)options, (value, name) => value!.GetType().GetProperty(name)!.GetValue(value));

    private static void Directory(IConfigurationSection section, string key, string purpose, List<string> faults)
    {
        if (section[key] is { } path && !System.IO.Directory.Exists(path))
        {
            faults.Add($"{section.Path}:{key} is \"{path}\", and there is no such directory; {purpose}. Create it or name another.");
        }
    }

    // Empty leaves it out.
    internal static void ExistingFile(IConfigurationSection section, string key, string path, List<string> faults)
    {
        if (path.Length > 0 && !File.Exists(path))
        {
            faults.Add($"{section.Path}:{key} is \"{path}\", and there is no such file. Create it, or leave the setting out.");
        }
    }
}
