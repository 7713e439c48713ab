using Recovery.Core.Inventory;

namespace Recovery.Benchmarks.Clusters;

/// <summary>The instances of a <see cref="LargeCluster"/>: each can run on the host that it is on, and is bound as owners bind theirs.</summary>
internal static class LargeClusterGuests
{
    public static Instance On(Host host, List<Instance> earlier, Dice dice)
    {
        var flavor = dice.One(Flavor.Common);
        var number = earlier.Count;
        var disks = new List<Disk> { FileDisk("vda", dice.One([.. host.Storages]), number) };
        if (dice.Chance(15))
        {
            disks.Add(FileDisk("vdb", dice.One([.. host.Storages]), number));
        }

        if (dice.Chance(20) && host.Backends.Where(backend => backend.Value).Select(backend => backend.Key).ToList() is { Count: > 0 } reached)
        {
            var portal = dice.One(reached)["iscsi ".Length..].Split(':')[0];
            disks.Add(new Disk
            {
                Target = "vdc",
                Format = "raw",
                Iscsi = new IscsiLun(portal, 3260, $"iqn.2026-01.example:{number % 500}", number),
            });
        }

        return new Instance
        {
            Id = dice.Id(),
            Name = $"instance-{number:D6}",
            Host = host.Name,
            State = dice.Chance(95) ? DomainState.Running : DomainState.ShutOff,
            MemoryMib = flavor.MemoryMib,
            Vcpus = flavor.Vcpus,
            Disks = disks,
            Requirements = Requirements(host, dice),
            Policy = Policy(host, earlier, dice),
        };
    }

    /// <summary>Every tenth instance is in a hard anti-affinity group, another tenth in a soft group; groups have 3 to 6 members.</summary>
    public static void Group(List<Instance> instances, Dice dice)
    {
        var shuffled = dice.Shuffled(Enumerable.Range(0, instances.Count));
        var tenth = instances.Count / 10;
        Bind(shuffled[..tenth], "apart", _ => GroupRule.AntiAffinity);
        Bind(shuffled[tenth..(2 * tenth)], "rather", number => number % 2 == 0 ? GroupRule.SoftAntiAffinity : GroupRule.SoftAffinity);

        void Bind(List<int> members, string name, Func<int, GroupRule> rule)
        {
            for (var (next, number) = (0, 0); next < members.Count; number++)
            {
                for (var left = dice.Between(3, 6); left > 0 && next < members.Count; left--, next++)
                {
                    var instance = instances[members[next]];
                    var group = new InstanceGroup($"{name}-{number}", rule(number));
                    instances[members[next]] = instance with { Policy = instance.Policy with { Groups = [group] } };
                }
            }
        }
    }

    private static Disk FileDisk(string target, string storage, int number) => new()
    {
        Target = target,
        Format = "qcow2",
        SizeBytes = 20L << 30,
        File = new HostFile("disk", $"/srv/{storage}/{number}-{target}.qcow2", storage, $"{number}-{target}.qcow2", "qcow2"),
    };

    private static HostRequirements Requirements(Host host, Dice dice) => new()
    {
        Architecture = "x86_64",
        DomainType = "kvm",
        MachineType = dice.One([.. host.Abilities.MachineTypes!]),
        Firmware = dice.Chance(10) && host.Abilities.Firmware["/usr/share/OVMF/OVMF_CODE.fd"] ? ["/usr/share/OVMF/OVMF_CODE.fd"] : [],
        Cpu = dice.Chance(60) ? dice.One([.. host.Abilities.Cpus.Where(cpu => cpu.Value.Fits).Select(cpu => cpu.Key)]) : "",
        Bridges = dice.Chance(20) ? [$"br{dice.Between(0, 4)}", $"br{dice.Between(0, 4)}"] : [$"br{dice.Between(0, 4)}"],
    };

    private static InstancePolicy Policy(Host host, List<Instance> earlier, Dice dice) => new()
    {
        Priority = dice.Chance(80) ? InstancePolicy.OrdinaryPriority : dice.One([20, 70, 90]),
        // Whoever waits was made after those that it waits for: no cycles. Most of them are neighbours.
        After = earlier.Count > 0 && dice.Chance(5) ? [earlier[Math.Max(0, earlier.Count - dice.Between(1, 60))].Id] : [],
        Zone = dice.Chance(5) ? host.Zone : "",
        RequiredTraits = host.Traits.Count > 0 && dice.Chance(3) ? [dice.One([.. host.Traits])] : [],
        Image = $"image-{dice.Between(0, 11)}",
    };
}
