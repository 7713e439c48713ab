using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Clusters;

/// <summary>A cluster, what is lost of it, and how full its hosts may become.</summary>
internal sealed record TightCase(int Seed, ClusterSnapshot Snapshot, PlanRequest Request, PlannerOptions Options);

/// <summary>
/// 10 to 40 unlike hosts, of which one or two are lost, and just so much room on the others that it fits or doesn't:
/// the memory that is asked for is about 85 to 110 % of what is free. Every second seed is cut so that everything fits, by
/// giving each survivor what a hidden placement needs there and hardly more. All instances run, in one tier.
/// </summary>
/// <remarks>
/// What binds is memory, processors, storages, zones, traits, hosts that take nothing, and hard groups; nothing else, so
/// that <see cref="Quality.PlacementModel"/> can state all of it.
/// </remarks>
internal sealed class TightCluster
{
    private readonly Dice dice;
    private readonly List<Host> hosts = [];
    private readonly List<Instance> instances = [];
    private readonly int storages;
    private readonly bool zoned;
    private readonly int lost;

    private TightCluster(int seed)
    {
        dice = new Dice(seed);
        storages = dice.Between(2, 5);
        zoned = dice.Chance(30);
        lost = dice.Chance(30) ? 2 : 1;
        var count = dice.Between(10, 40);
        for (var number = 0; number < count; number++)
        {
            hosts.Add(Machine(number));
        }
    }

    /// <summary>The same seed gives the same case.</summary>
    public static TightCase Of(int seed)
    {
        var cluster = new TightCluster(seed);
        foreach (var host in cluster.Lost)
        {
            cluster.Fill(host, host.MemoryMib * cluster.dice.Between(70, 95) / 100);
        }

        var moving = cluster.instances.Count;
        TightGroups.Bind(cluster.instances, cluster.dice);
        cluster.FillSurvivors(seed % 2 == 0 ? cluster.Planted(moving) : cluster.Scattered());
        TightGroups.AddMembersOnSurvivors(cluster.instances, moving, cluster.dice);

        return new TightCase(
            seed,
            new ClusterSnapshot(DateTimeOffset.UnixEpoch, cluster.hosts, cluster.instances, []),
            new PlanRequest([.. cluster.Lost.Select(host => host.Name)], [], []),
            new PlannerOptions { ReservedMemoryMib = Reserved, VcpuOvercommit = 2.0 });
    }

    private const long Reserved = 2048;

    private IEnumerable<Host> Lost => hosts.Take(lost);

    private List<Host> Survivors => [.. hosts.Skip(lost)];

    private Host Machine(int number)
    {
        var seen = Enumerable.Range(0, storages).Where(_ => number < lost || dice.Chance(70)).Select(storage => $"storage-{storage}").ToHashSet();
        seen.Add($"storage-{dice.Between(0, storages - 1)}");
        return new Host
        {
            Name = $"host-{number:D2}",
            FailureDomain = $"rack-{number / 5}",
            Zone = zoned ? $"zone-{(number < lost ? 0 : dice.Between(0, 1))}" : "",
            Traits = dice.Chance(50) ? new HashSet<string> { "ssd" } : [],
            Liveness = number < lost ? HostLiveness.Silent : HostLiveness.Up,
            Maintenance = number >= lost && dice.Chance(4),
            Quarantined = number >= lost && dice.Chance(2),
            Spare = number >= lost && dice.Chance(5),
            MemoryMib = 1024L * dice.One([96, 128, 160, 192, 256]),
            Vcpus = dice.One([32, 40, 48, 64]),
            Limits = dice.Chance(20) ? new HostLimits(ReservedMemoryMib: 4096, VcpuOvercommit: 3.0) : HostLimits.AsConfigured,
            Storages = seen,
        };
    }

    private void Fill(Host host, long memoryMib)
    {
        for (var left = memoryMib; ;)
        {
            var flavor = dice.One(Flavor.Awkward);
            if (flavor.MemoryMib > left)
            {
                return;
            }

            left -= flavor.MemoryMib;
            instances.Add(Guest(host, flavor));
        }
    }

    private Instance Guest(Host host, Flavor flavor)
    {
        var storage = dice.One([.. host.Storages]);
        return new Instance
        {
            Id = dice.Id(),
            Name = $"instance-{instances.Count:D4}",
            Host = host.Name,
            State = DomainState.Running,
            MemoryMib = flavor.MemoryMib,
            Vcpus = flavor.Vcpus,
            Disks =
            [
                new Disk
                {
                    Target = "vda",
                    File = new HostFile("disk", $"/srv/{storage}/{instances.Count}.qcow2", storage, $"{instances.Count}.qcow2", "qcow2"),
                },
            ],
            Policy = new InstancePolicy
            {
                Zone = zoned && dice.Chance(25) ? host.Zone : "",
                RequiredTraits = host.Traits.Count > 0 && dice.Chance(12) ? ["ssd"] : [],
                ForbiddenTraits = host.Traits.Count == 0 && dice.Chance(8) ? ["ssd"] : [],
            },
        };
    }

    /// <summary>Room in MiB and processors for each survivor: what a hidden placement of everything needs, and up to 2 % more.</summary>
    private Dictionary<string, Flavor> Planted(int moving)
    {
        var room = Survivors.ToDictionary(host => host.Name, _ => new Flavor(0, 0));
        var full = Survivors.Where(_ => dice.Chance(50)).ToHashSet();
        var groups = new Dictionary<(string Group, string Host), int>();
        foreach (var instance in instances.Take(moving))
        {
            var fitting = Survivors.Where(host =>
                TakesInstances(host)
                && instance.Disks.All(disk => host.Storages.Contains(disk.File!.StorageId))
                && (instance.Policy.Zone.Length == 0 || instance.Policy.Zone == host.Zone)
                && instance.Policy.RequiredTraits.All(host.Traits.Contains)
                && !instance.Policy.ForbiddenTraits.Any(host.Traits.Contains)
                && instance.Policy.Groups.All(group => groups.GetValueOrDefault((group.Name, host.Name)) < group.MaximumPerHost)
                && room[host.Name].MemoryMib + instance.MemoryMib < host.MemoryMib * 8 / 10).ToList();
            var together = fitting.FirstOrDefault(host => instance.Policy.Groups.Any(group =>
                group.Rule == GroupRule.Affinity && groups.ContainsKey((group.Name, host.Name))));
            if (fitting.Count == 0)
            {
                continue;
            }

            // Half of the survivors have nothing to spare where that can be, so that the others get several each.
            var roomy = fitting.Where(host => !full.Contains(host)).ToList();
            var chosen = together ?? dice.One(roomy.Count > 0 ? roomy : fitting);
            room[chosen.Name] = new(room[chosen.Name].MemoryMib + instance.MemoryMib, room[chosen.Name].Vcpus + instance.Vcpus);
            foreach (var group in instance.Policy.Groups)
            {
                groups[(group.Name, chosen.Name)] = groups.GetValueOrDefault((group.Name, chosen.Name)) + 1;
            }
        }

        return room.ToDictionary(
            each => each.Key,
            each => new Flavor(each.Value.MemoryMib * dice.Between(100, 102) / 100 + dice.Between(0, 300), each.Value.Vcpus + dice.Between(0, 4)));
    }

    /// <summary>Room in MiB and processors for each survivor, by chance: in all 91 to 118 % of what is asked for.</summary>
    private Dictionary<string, Flavor> Scattered()
    {
        var asked = instances.Sum(instance => instance.MemoryMib) * dice.Between(91, 118) / 100;
        var vcpus = instances.Sum(instance => instance.Vcpus) * dice.Between(110, 160) / 100;
        var takers = Survivors.Where(TakesInstances).ToList();
        var shares = takers.ToDictionary(host => host.Name, _ => dice.Chance(40) ? 1 : dice.Between(4, 20));
        var all = shares.Values.Sum();
        return Survivors.ToDictionary(
            host => host.Name,
            host => shares.TryGetValue(host.Name, out var share) ? new Flavor(asked * share / all, vcpus * share / all) : new Flavor(8192, 8));
    }

    private static bool TakesInstances(Host host) => !host.Maintenance && !host.Quarantined;

    // Whatever exceeds the room is taken by instances that stay where they are.
    private void FillSurvivors(Dictionary<string, Flavor> room)
    {
        foreach (var host in Survivors)
        {
            var memory = host.MemoryMib - (host.Limits.ReservedMemoryMib ?? Reserved) - room[host.Name].MemoryMib;
            var vcpus = (int)(host.Vcpus * (host.Limits.VcpuOvercommit ?? 2.0)) - room[host.Name].Vcpus;
            for (var left = dice.Between(3, 7); left > 0 && memory > 0; left--)
            {
                var size = new Flavor(left == 1 ? memory : memory / left, Math.Max(1, left == 1 ? vcpus : vcpus / left));
                instances.Add(Guest(host, size));
                memory -= size.MemoryMib;
                vcpus -= size.Vcpus;
            }
        }
    }
}
