namespace Recovery.Core.Planning;

/// <summary>Why a guest has no place in a finished plan: per host, to whom it lost, and what would help.</summary>
internal sealed class Explanation(Placement placement, int explainedHosts)
{
    // Alternatives in capacity; more than a few are noise.
    private const int MostHelp = 4;

    public Unplaced Of(Guest guest)
    {
        var shortages = Shortages(guest);
        var reasons = NearestFirst(guest, shortages).ConvertAll(host => Feasibility.Explain(guest, host, placement));
        var instance = guest.Instance;
        return new Unplaced(
            instance.Id, instance.Name, instance.Host,
            [.. reasons.SelectMany(host => host)])
        {
            Priority = guest.Priority,
            OtherHosts = Math.Max(0, placement.Cluster.Hosts.Count - explainedHosts),
            LostTo = LostTo(guest, shortages),
            WouldHelp = [.. MoreRoom(shortages).Concat(OtherWays(reasons)).Take(MostHelp)],
        };
    }

    // Hosts that lack room and nothing else, the one that lacks least first.
    private List<(int Host, Room Missing)> Shortages(Guest guest)
    {
        var shortages = new List<(int Host, Room Missing)>();
        foreach (var host in guest.Feasible)
        {
            var missing = placement.RoomOf(host).Missing(guest.Demand);
            if (missing != Room.None && LacksNothingElse(guest, host))
            {
                shortages.Add((host, missing));
            }
        }

        shortages.Sort((left, right) => Key(left).CompareTo(Key(right)));
        return shortages;

        static (long, long, long, int) Key((int Host, Room Missing) each) =>
            (each.Missing.MemoryMib, each.Missing.Vcpus, each.Missing.DiskMib, each.Host);
    }

    private bool LacksNothingElse(Guest guest, int host)
    {
        foreach (var rule in Feasibility.PlacementRules)
        {
            if (rule is not Rules.CapacityRule && !rule.Allows(guest, host, placement))
            {
                return false;
            }
        }

        return true;
    }

    private List<int> NearestFirst(Guest guest, List<(int Host, Room Missing)> shortages)
    {
        var hosts = new List<int>(shortages.Take(explainedHosts).Select(each => each.Host));
        if (hosts.Count >= explainedHosts)
        {
            return hosts;
        }

        var nearest = hosts.ToHashSet();
        var others = Enumerable.Range(0, placement.Cluster.Hosts.Count).Where(host => !nearest.Contains(host));
        return [.. hosts, .. others
            .OrderBy(host => guest.SourceIndex == host || placement.Scope.IsSource(host))
            .ThenByDescending(guest.Feasible.Contains)
            .ThenBy(host => host)
            .Take(explainedHosts - hosts.Count)];
    }

    // On the host that lacked least once this plan was through with it, its moves are what took the room.
    private List<Winner> LostTo(Guest guest, List<(int Host, Room Missing)> shortages)
    {
        foreach (var (host, _) in shortages)
        {
            var winners = placement.GuestsOf(host).Where(other => !other.StaysOff).ToList();
            var before = winners.Aggregate(placement.RoomOf(host), (room, other) => room + other.Demand);
            if (winners.Count > 0 && before.Holds(guest.Demand))
            {
                return [.. winners
                    .OrderByDescending(other => other.Priority).ThenBy(other => other.Instance.Name, StringComparer.Ordinal)
                    .Select(other => new Winner(other.Instance.Id, other.Instance.Name, other.Priority, placement.Cluster.Hosts[host].Name))];
            }
        }

        return [];
    }

    // The least of each failure domain, so that whoever has memory to add sees where.
    private IEnumerable<string> MoreRoom(List<(int Host, Room Missing)> shortages)
    {
        var hosts = placement.Cluster.Hosts;
        return shortages
            .GroupBy(each => placement.Cluster.DomainOf(each.Host))
            .Select(domain => domain.ToList())
            .Take(2)
            .Select(domain =>
            {
                var (host, missing) = domain[0];
                var alike = domain.Count > 1 && domain.TrueForAll(each => each.Missing == missing);
                return $"{Amount(missing)} on {(alike ? $"any host of {hosts[host].FailureDomain}" : InDomain(hosts[host]))}";
            });
    }

    private static string InDomain(Inventory.Host host) =>
        host.FailureDomain.Length > 0 ? $"{host.Name} of {host.FailureDomain}" : host.Name;

    private static string Amount(Room missing)
    {
        var parts = new List<string>();
        if (missing.MemoryMib > 0)
        {
            parts.Add($"{missing.MemoryMib} more MiB of memory");
        }

        if (missing.Vcpus > 0)
        {
            parts.Add($"{missing.Vcpus} more vCPUs");
        }

        if (missing.DiskMib > 0)
        {
            parts.Add($"{missing.DiskMib} more MiB of disk");
        }

        return string.Join(" and ", parts);
    }

    // Hosts that have one reason only, of a kind that somebody can do something about; one sentence for each kind.
    private static IEnumerable<string> OtherWays(List<IReadOnlyList<Rejection>> reasonsOfHosts) =>
        reasonsOfHosts
            .Where(reasons => reasons.Count == 1)
            .Select(reasons => reasons[0])
            .GroupBy(reason => reason.Kind)
            .OrderBy(kind => kind.Key)
            .Select(kind => Way(kind.First(), kind.Count() - 1))
            .OfType<string>();

    private static string? Way(Rejection reason, int others)
    {
        var host = others > 0 ? $"{reason.Host} (or {others} others like it)" : reason.Host;
        return reason.Kind switch
        {
            RejectionKind.NotUp => $"{host} being heard again",
            RejectionKind.InMaintenance => $"an end of the maintenance of {host}",
            RejectionKind.Quarantined => $"{host} proven clean",
            RejectionKind.HasStaleDomain => $"its stale domain on {host} looked at and undefined",
            RejectionKind.StorageMissing => $"its storage mounted on {host}",
            RejectionKind.VolumeUnreachable => $"a way from {host} to its volume",
            RejectionKind.NotRequested => $"{host} named among the targets",
            RejectionKind.Excluded => $"{host} not excluded",
            RejectionKind.NetworkMissing => $"its network on {host}",
            RejectionKind.FirmwareMissing => $"its firmware installed on {host}",
            RejectionKind.PagesShort => $"more huge pages on {host}",
            RejectionKind.DeviceMissing => $"a free device on {host}",
            _ => null,
        };
    }
}
