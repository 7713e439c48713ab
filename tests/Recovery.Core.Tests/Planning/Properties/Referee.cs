using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>
/// Knows what a host can take by arithmetic of its own, from the snapshot and the moves alone: nothing here asks the
/// planner's rules.
/// </summary>
internal sealed class Referee(ClusterSnapshot snapshot, PlanRequest request, PlannerOptions options)
{
    private readonly Dictionary<string, Host> hosts = snapshot.Hosts.ToDictionary(host => host.Name);
    private readonly Dictionary<Guid, Instance> instances = snapshot.Instances.ToDictionary(instance => instance.Id);

    public Referee(PlanningCase question)
        : this(question.Snapshot, question.Request, question.Options)
    {
    }

    /// <summary>What the request is about, also what stays down by wish.</summary>
    public IReadOnlyList<Instance> Requested => [.. snapshot.Instances.Where(instance =>
        request.Sources.Contains(instance.Host)
        && (request.Instances.Count == 0 || request.Instances.Contains(instance.Id))
        && !request.ExcludedInstances.Contains(instance.Id))];

    public Instance Find(Guid instance) => instances[instance];

    public static bool IsOff(Instance instance) => instance.State == DomainState.ShutOff;

    /// <summary>Null when everything that the plan puts on this host has room there.</summary>
    public string? Overfull(string name, IReadOnlyDictionary<Guid, string> placed)
    {
        var (host, limits) = (hosts[name], hosts[name].Limits);
        var moved = placed.Where(each => each.Value == name).Select(each => instances[each.Key]).ToList();
        var there = snapshot.Instances.Where(instance => instance.Host == name).Concat(moved).ToList();
        var running = there.Where(instance => !IsOff(instance)).ToList();
        var reserved = snapshot.Reservations.Where(reservation => reservation.Host == name).ToList();
        return Over("MiB of memory", moved.Any(instance => !IsOff(instance) && instance.MemoryMib > 0),
                running.Sum(instance => instance.MemoryMib) + reserved.Sum(each => each.MemoryMib),
                Math.Floor(host.MemoryMib * (limits.MemoryOvercommit ?? options.MemoryOvercommit)) - (limits.ReservedMemoryMib ?? options.ReservedMemoryMib))
            ?? Over("vCPUs", moved.Any(instance => !IsOff(instance) && instance.Vcpus > 0),
                running.Sum(instance => instance.Vcpus) + reserved.Sum(each => each.Vcpus),
                Math.Floor(host.Vcpus * (limits.VcpuOvercommit ?? options.VcpuOvercommit)) - (limits.ReservedVcpus ?? options.ReservedVcpus))
            ?? Over("MiB of disk", moved.Any(instance => instance.DiskMib > 0),
                there.Sum(instance => instance.DiskMib) + reserved.Sum(each => each.DiskMib),
                Math.Floor(host.DiskMib * (limits.DiskOvercommit ?? options.DiskOvercommit)) - (limits.ReservedDiskMib ?? options.ReservedDiskMib))
            ?? OverfullSpecially(host, [.. moved.Where(instance => !IsOff(instance))]);

        string? Over(string what, bool counts, long used, double capacity) =>
            counts && used > capacity ? $"{name} is promised {used} {what} of {capacity}" : null;
    }

    /// <summary>Null when the host may have the instance, room and groups aside.</summary>
    public string? Unfit(Instance instance, string name)
    {
        var (host, policy) = (hosts[name], instance.Policy);
        return (request, host) switch
        {
            _ when request.Sources.Contains(name) || instance.Host == name => $"{name} is a source",
            _ when request.Targets.Count > 0 && !request.Targets.Contains(name) => $"{name} was not asked for",
            _ when request.ExcludedTargets.Contains(name) => $"{name} was excluded",
            (_, { Liveness: not HostLiveness.Up } or { Maintenance: true } or { Quarantined: true }) => $"{name} takes nothing",
            _ when instance.Disks.Any(disk => disk.File is { } file && !host.Storages.Contains(file.StorageId)) => $"{name} lacks its storage",
            _ when host.Domains.Contains(instance.Id) => $"{name} has its domain",
            _ when snapshot.Refusals.Any(refusal => refusal.Host == name && refusal.Instance == instance.Id) => $"{name} refused it",
            _ when policy.Zone.Length > 0 && policy.Zone != host.Zone => $"{name} is in another zone",
            _ when policy.RequiredTraits.Any(trait => !host.Traits.Contains(trait)) => $"{name} lacks a trait",
            _ => null,
        };
    }

    /// <summary>Null when no hard group of this moved instance is broken by where the plan has put its members.</summary>
    public string? BrokenGroup(Instance instance, IReadOnlyDictionary<Guid, string> placed)
    {
        var target = placed[instance.Id];
        foreach (var group in instance.Policy.Groups)
        {
            var members = snapshot.Instances.Where(other => other.Policy.Groups.Any(each => each.Name == group.Name && each.Rule == group.Rule)).ToList();
            var stayed = members.Where(member => !leaving.Contains(member.Id)).Select(member => member.Host)
                .Concat(snapshot.Reservations.Where(each => members.Any(member => member.Id == each.Instance)).Select(each => each.Host))
                .ToList();
            var moved = members.Where(member => placed.ContainsKey(member.Id)).Select(member => placed[member.Id]).ToList();
            var anchors = stayed.Where(host => hosts[host].Liveness == HostLiveness.Up && !request.Sources.Contains(host)).Distinct().ToList();
            switch (group.Rule)
            {
                case GroupRule.AntiAffinity when stayed.Concat(moved).Count(host => host == target) is var count && count > group.MaximumPerHost:
                    return $"{target} has {count} of {group.Name}";
                case GroupRule.Affinity when anchors.Count > 0 && !anchors.Contains(target):
                    return $"{instance.Name} is on {target}, {group.Name} is on {string.Join(' ', anchors)}";
                case GroupRule.Affinity when anchors.Count == 0 && moved.Any(host => host != target):
                    return $"{group.Name} is torn apart";
                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>Null when the host could have the instance beside all that the plan has placed.</summary>
    public string? WhyNot(Instance instance, string name, IReadOnlyDictionary<Guid, string> placed)
    {
        var after = placed.Append(new(instance.Id, name)).ToDictionary();
        return Unfit(instance, name) ?? Overfull(name, after) ?? BrokenGroup(instance, after);
    }

    // Everything that is asked about leaves its group on its old host, whether it finds a new one or not.
    private readonly HashSet<Guid> leaving = [.. snapshot.Instances.Where(instance =>
        request.Sources.Contains(instance.Host)
        && (request.Instances.Count == 0 || request.Instances.Contains(instance.Id))
        && !request.ExcludedInstances.Contains(instance.Id)).Select(instance => instance.Id)];

    private static string? OverfullSpecially(Host host, IReadOnlyList<Instance> moved)
    {
        foreach (var device in moved.SelectMany(instance => instance.Requirements.Devices.Keys).Distinct())
        {
            var wanted = moved.Sum(instance => instance.Requirements.Devices.GetValueOrDefault(device));
            if (wanted > host.Abilities.Devices.GetValueOrDefault(device))
            {
                return $"{host.Name} has not {wanted} of {device}";
            }
        }

        var asking = moved.Where(instance => instance.Requirements.PageSizeKib > 0 || instance.Requirements.NumaNodes.Count > 0).ToList();
        return asking.Count == 0 || host.Abilities.NumaCells is not { } cells || PageFitting.Exists(cells, asking)
            ? null
            : $"{host.Name}'s cells can't hold {string.Join(", ", asking.Select(instance => instance.Name))}";
    }
}

/// <summary>Whether there is any way to give guests their pages and cells: tries them all.</summary>
internal static class PageFitting
{
    public static bool Exists(IReadOnlyList<NumaCell> cells, IReadOnlyList<Instance> guests)
    {
        // One size of pages is enough for these tests.
        var free = cells.Select(cell => cell.FreePages.Values.Sum()).ToArray();
        var withNodes = guests.Where(guest => guest.Requirements.NumaNodes.Count > 0).ToList();
        var anywhere = guests.Except(withNodes).Sum(guest => Pages(guest.MemoryMib, guest));
        return Fit(0, 0, []);

        bool Fit(int guest, int node, HashSet<int> used)
        {
            if (guest == withNodes.Count)
            {
                return free.Sum() >= anywhere;
            }

            if (node == withNodes[guest].Requirements.NumaNodes.Count)
            {
                return Fit(guest + 1, 0, []);
            }

            var wanted = withNodes[guest].Requirements.NumaNodes[node];
            var pages = Pages(wanted.MemoryMib, withNodes[guest]);
            for (var cell = 0; cell < free.Length; cell++)
            {
                if (used.Contains(cell) || cells[cell].Vcpus < wanted.Vcpus || free[cell] < pages || (pages == 0 && cells[cell].MemoryMib < wanted.MemoryMib))
                {
                    continue;
                }

                free[cell] -= pages;
                if (Fit(guest, node + 1, [.. used, cell]))
                {
                    return true;
                }

                free[cell] += pages;
            }

            return false;
        }

        static long Pages(long memoryMib, Instance guest) =>
            guest.Requirements.PageSizeKib == 0 ? 0 : (long)Math.Ceiling(memoryMib * 1024.0 / guest.Requirements.PageSizeKib);
    }
}
