using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Quality;

/// <summary>What a host has left before anything moves.</summary>
internal readonly record struct Free(long MemoryMib, long Vcpus);

/// <summary>A hard group among the instances that move.</summary>
/// <param name="Members">Positions in <see cref="PlacementModel.Moving"/>.</param>
/// <param name="Present">Members that stay, by position of their host in <see cref="PlacementModel.Hosts"/>.</param>
internal sealed record HardGroup(InstanceGroup Group, IReadOnlyList<int> Members, IReadOnlyDictionary<int, int> Present);

/// <summary>
/// A <see cref="Clusters.TightCase"/> as a question of arithmetic. It shares no code with the planner, so that a rule that the planner
/// gets wrong shows here: as a violation if it is too generous, as a loss if it is too strict.
/// </summary>
internal sealed class PlacementModel
{
    public PlacementModel(Clusters.TightCase tight)
    {
        var (snapshot, request, options) = (tight.Snapshot, tight.Request, tight.Options);
        Moving = [.. snapshot.Instances.Where(instance => request.Sources.Contains(instance.Host))];
        Hosts = snapshot.Hosts;
        Room = [.. Hosts.Select(host => FreeOn(host, snapshot, options))];
        Fitting =
        [
            .. Moving.Select(instance => (IReadOnlyList<int>)[.. Enumerable.Range(0, Hosts.Count)
                .Where(host => !request.Sources.Contains(Hosts[host].Name) && MayRunOn(instance, Hosts[host]))]),
        ];
        Groups = [.. Moving.SelectMany(instance => instance.Policy.Groups).Distinct().Select(group => Bound(group, snapshot, request))];
    }

    public IReadOnlyList<Instance> Moving { get; }

    public IReadOnlyList<Host> Hosts { get; }

    /// <summary>By position of the host.</summary>
    public IReadOnlyList<Free> Room { get; }

    /// <summary>For each moving instance the hosts that it could run on if it were the only one.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Fitting { get; }

    public IReadOnlyList<HardGroup> Groups { get; }

    private static Free FreeOn(Host host, ClusterSnapshot snapshot, PlannerOptions options)
    {
        var limits = host.Limits;
        var memory = host.MemoryMib * (decimal)(limits.MemoryOvercommit ?? options.MemoryOvercommit)
            - (limits.ReservedMemoryMib ?? options.ReservedMemoryMib);
        var vcpus = host.Vcpus * (decimal)(limits.VcpuOvercommit ?? options.VcpuOvercommit)
            - (limits.ReservedVcpus ?? options.ReservedVcpus);
        foreach (var instance in snapshot.Instances.Where(instance => instance.Host == host.Name))
        {
            memory -= instance.MemoryMib;
            vcpus -= instance.Vcpus;
        }

        return new Free((long)Math.Floor(memory), (long)Math.Floor(vcpus));
    }

    private static bool MayRunOn(Instance instance, Host host) =>
        host is { Liveness: HostLiveness.Up, Maintenance: false, Quarantined: false }
        && instance.Disks.All(disk => host.Storages.Contains(disk.File!.StorageId))
        && (instance.Policy.Zone == "" || instance.Policy.Zone == host.Zone)
        && host.Traits.IsSupersetOf(instance.Policy.RequiredTraits)
        && !host.Traits.Overlaps(instance.Policy.ForbiddenTraits);

    private HardGroup Bound(InstanceGroup group, ClusterSnapshot snapshot, PlanRequest request)
    {
        var staying = snapshot.Instances
            .Where(instance => instance.Policy.Groups.Contains(group) && !request.Sources.Contains(instance.Host))
            .ToLookup(instance => instance.Host);
        return new HardGroup(
            group,
            [.. Enumerable.Range(0, Moving.Count).Where(instance => Moving[instance].Policy.Groups.Contains(group))],
            Enumerable.Range(0, Hosts.Count).ToDictionary(host => host, host => staying[Hosts[host].Name].Count()));
    }
}
