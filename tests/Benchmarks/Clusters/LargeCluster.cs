using Recovery.Core.Inventory;

namespace Recovery.Benchmarks.Clusters;

/// <summary>
/// A cluster as a provider runs it, of any size: racks of 40 hosts that are 55 to 70 % full, four shared storages, iSCSI
/// volumes, groups, priorities, dependencies. No two hosts or instances share a set or a list, as none do that come out
/// of a database: a planner gains nothing here by comparing references.
/// </summary>
internal static class LargeCluster
{
    public const int HostsPerRack = 40;

    private const int Portals = 4;

    public static ClusterSnapshot Of(int hosts, int instancesPerHost = 20, int seed = 1)
    {
        var dice = new Dice(seed);
        var bare = Enumerable.Range(0, hosts).Select(number => Machine(number, dice)).ToList();
        var instances = new List<Instance>(hosts * instancesPerHost);
        foreach (var host in bare)
        {
            for (var guest = 0; guest < instancesPerHost; guest++)
            {
                instances.Add(LargeClusterGuests.On(host, instances, dice));
            }
        }

        LargeClusterGuests.Group(instances, dice);
        var domains = instances.ToLookup(instance => instance.Host, instance => instance.Id);
        return new ClusterSnapshot(
            DateTimeOffset.UnixEpoch,
            [.. bare.Select(host => host with { Domains = domains[host.Name].ToHashSet() })],
            instances,
            []);
    }

    /// <summary>The names of all hosts of one rack, counted from 0.</summary>
    public static IReadOnlyList<string> Rack(int number) =>
        [.. Enumerable.Range(number * HostsPerRack, HostsPerRack).Select(Name)];

    public static string Name(int host) => $"host-{host:D5}";

    /// <summary>The same cluster after these hosts were last heard: what a planner sees when it is asked to evacuate them.</summary>
    public static ClusterSnapshot WithSilent(this ClusterSnapshot snapshot, IEnumerable<string> names)
    {
        var silent = names.ToHashSet(StringComparer.Ordinal);
        return snapshot with
        {
            Hosts = [.. snapshot.Hosts.Select(host => silent.Contains(host.Name) ? host with { Liveness = HostLiveness.Silent } : host)],
        };
    }

    private static Host Machine(int number, Dice dice)
    {
        var rack = number / HostsPerRack;
        var old = dice.Chance(10);
        var traits = new HashSet<string>();
        if (dice.Chance(33))
        {
            traits.Add("ssd");
        }

        if (!old)
        {
            traits.Add("HW_CPU_X86_AVX2");
        }

        return new Host
        {
            Name = Name(number),
            FailureDomain = $"rack-{rack:D3}",
            Zone = $"zone-{rack % 3}",
            Aggregates = new HashSet<string> { $"generation-{(old ? 1 : 2)}" },
            Traits = traits,
            Spare = dice.Chance(1),
            Liveness = dice.Chance(1) ? HostLiveness.LibvirtDown : HostLiveness.Up,
            Maintenance = dice.Chance(1),
            MemoryMib = 1024L * dice.One([384, 448, 512]),
            Vcpus = dice.One([64, 80, 96]),
            Storages = Seen(dice),
            Backends = Enumerable.Range(0, Portals).ToDictionary(Portal, _ => !dice.Chance(1)),
            Abilities = Abilities(rack, old),
            CachedImages = Enumerable.Range(0, 12).Where(_ => dice.Chance(40)).Select(image => $"image-{image}").ToHashSet(),
        };
    }

    public static string Portal(int number) => $"iscsi 10.0.9.{number}:3260";

    // The first two by all, the others by most.
    private static HashSet<string> Seen(Dice dice) =>
        Enumerable.Range(0, 4).Where(storage => storage < 2 || dice.Chance(90)).Select(storage => $"storage-{storage}").ToHashSet();

    private static HostAbilities Abilities(int rack, bool old) => new()
    {
        Architecture = "x86_64",
        DomainTypes = new HashSet<string> { "kvm", "qemu" },
        MachineTypes = old
            ? new HashSet<string> { "pc-i440fx-6.2", "pc-q35-6.2", "q35", "pc" }
            : new HashSet<string> { "pc-i440fx-6.2", "pc-q35-6.2", "pc-i440fx-8.2", "pc-q35-8.2", "q35", "pc" },
        Bridges = Enumerable.Range(0, 5).Select(bridge => $"br{bridge}").Append($"br-rack-{rack}").ToHashSet(),
        Networks = new HashSet<string> { "default" },
        Firmware = new Dictionary<string, bool> { ["/usr/share/OVMF/OVMF_CODE.fd"] = !old },
        Cpus = new Dictionary<string, CpuFit>
        {
            ["cpu-haswell"] = new(true),
            ["cpu-broadwell"] = new(true),
            ["cpu-cascadelake"] = old ? new(false, "missing features: avx512f") : new(true),
        },
    };
}
