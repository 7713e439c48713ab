using System.Text.RegularExpressions;

namespace Recovery.Labs;

/// <summary>What a lab shall look like. Labs of different names and subnets live side by side.</summary>
public sealed partial record LabOptions
{
    /// <summary>Lower-case letters, digits and dashes: part of namespace names and paths.</summary>
    public string Name { get; init; } = "demo";

    /// <summary>The second octet of the lab's network, 10.N.0.0/24.</summary>
    public int Subnet { get; init; } = 77;

    /// <summary>How many hypervisors, node1 upwards.</summary>
    public int Hosts { get; init; } = 3;

    public IReadOnlyList<StorageOption> Storages { get; init; } = [new("shared")];

    /// <summary>The published recovery-executor; null: the lab comes up without executors.</summary>
    public string? ExecutorBinary { get; init; }

    public int ExecutorPort { get; init; } = 7071;

    /// <summary>Further arguments for every executor, after the lab's own.</summary>
    public IReadOnlyList<string> ExecutorArguments { get; init; } = [];

    /// <exception cref="LabException">Names every fault at once.</exception>
    internal LabOptions Validated()
    {
        var faults = new List<string>();
        if (!NamePattern().IsMatch(Name)) faults.Add($"the name \"{Name}\" must be lower-case letters, digits and dashes, at most 24");
        if (Subnet is < 1 or > 254) faults.Add($"the subnet {Subnet} must be 1 to 254, since the network is 10.N.0.0/24");
        if (Hosts is < 1 or > MaximumHosts) faults.Add($"{Hosts} hosts: it can be 1 to {MaximumHosts}");
        if (ExecutorBinary is not null && !File.Exists(ExecutorBinary))
            faults.Add($"there is no executor at {ExecutorBinary}; publish src/Recovery.Executor first, or leave it out");
        var names = Enumerable.Range(1, Math.Clamp(Hosts, 1, MaximumHosts)).Select(LabNetwork.HostName).ToHashSet();
        foreach (var storage in Storages) faults.AddRange(storage.Faults(names));
        faults.AddRange(Storages.GroupBy(s => s.Name).Where(g => g.Count() > 1).Select(g => $"two storages are called \"{g.Key}\""));
        if (faults.Count > 0) throw new LabException($"This lab can't be built: {string.Join("; ", faults)}.");
        return this;
    }

    /// <summary>Addresses up to 10.N.0.50, and what one machine can carry.</summary>
    public const int MaximumHosts = 40;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,23}$")]
    internal static partial Regex NamePattern();
}

/// <summary>A directory that several hosts share. Its id, in the marker file, is <c>lab-LAB-STORAGE</c>.</summary>
public sealed record StorageOption(string Name)
{
    /// <summary>Host name → where that host sees it; hosts that are not named don't have it. Null: every host, at /srv/NAME.</summary>
    public IReadOnlyDictionary<string, string>? SeenBy { get; init; }

    /// <returns>Where this host sees the storage, or null where it doesn't.</returns>
    public string? PathOn(string host) => SeenBy is null ? $"/srv/{Name}" : SeenBy.GetValueOrDefault(host);

    internal IEnumerable<string> Faults(IReadOnlySet<string> hosts)
    {
        if (!LabOptions.NamePattern().IsMatch(Name))
            yield return $"the storage name \"{Name}\" must be lower-case letters, digits and dashes, at most 24";
        foreach (var (host, path) in SeenBy ?? new Dictionary<string, string>())
        {
            if (!hosts.Contains(host)) yield return $"storage \"{Name}\" is seen by {host}, which this lab doesn't have";
            if (!Places.Any(p => path.StartsWith(p, StringComparison.Ordinal) && path.Length > p.Length) || path.Any(char.IsWhiteSpace))
                yield return $"storage \"{Name}\" on {host}: the path {path} must be below {string.Join(" or ", Places)}, without spaces";
        }
    }

    // Inside a host these are memory, so that mount points can be made without touching the real file system.
    private static readonly string[] Places = ["/srv/", "/mnt/", "/var/lib/"];
}
