using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>
/// How good a host is for a guest: the sum of the preferences that <see cref="Weights"/> explains. What a preference
/// takes away is counted here as less than nothing instead of less than one, which leaves the order as it is and makes
/// the bound below tight.
/// </summary>
internal static class Scoring
{
    /// <summary>
    /// No guest without a bonus scores more than this on the host, whatever the plan has placed: its balance as the
    /// snapshot shows it, and whether it is a spare. Hosts in the order of their bounds need not all be looked at.
    /// </summary>
    public static double Bound(IndexedCluster cluster, int host) =>
        Host(cluster, host, cluster.FreeRoom[host]);

    public static double Of(Guest guest, int host, Placement placement)
    {
        var weights = placement.Cluster.Options.Weights;
        var score = Host(placement.Cluster, host, placement.RoomOf(host) - guest.Demand);
        score -= weights.Spread * placement.MovesIn(placement.Cluster.DomainOf(host)) / placement.Batch;
        foreach (var membership in guest.Groups)
        {
            var share = (double)placement.MembersOn(membership.Group, host) / membership.Group.Size;
            score += membership.Group.Rule switch
            {
                GroupRule.SoftAffinity => weights.SoftAffinity * share,
                GroupRule.SoftAntiAffinity => -weights.SoftAntiAffinity * share,
                _ => 0,
            };
        }

        return score + Bonus(guest, host, placement, weights);
    }

    /// <summary>What the guest's own demand takes from the balance of any host, at least: so far below its bound each stays.</summary>
    public static double LeastTaken(Guest guest, IndexedCluster cluster) =>
        cluster.Options.Weights.Balance * Math.Min(
            Room.Share(guest.Demand.MemoryMib, cluster.LargestCapacity.MemoryMib), Room.Share(guest.Demand.Vcpus, cluster.LargestCapacity.Vcpus));

    /// <summary>The few hosts that the guest is drawn to by name: where it was, and where others of its groups are.</summary>
    public static IEnumerable<int> Favourites(Guest guest, Placement placement)
    {
        var former = guest.Instance.Policy.FormerHost;
        if (former.Length > 0 && placement.Cluster.IndexOf(former) is >= 0 and var host)
        {
            yield return host;
        }

        foreach (var membership in guest.Groups)
        {
            if (membership.Group.Rule == GroupRule.SoftAffinity)
            {
                foreach (var anchor in placement.AnchorsOf(membership.Group))
                {
                    yield return anchor;
                }
            }
        }
    }

    /// <summary>Hosts that have its image or a session to its volumes, and the most that these add; null when there are none.</summary>
    public static (HostSet Hosts, double Most)? Prepared(Guest guest, IndexedCluster cluster)
    {
        HostSet? prepared = null;
        if (guest.Instance.Policy.Image.Length > 0)
        {
            Include(cluster.HoldersOf(guest.Instance.Policy.Image));
        }

        foreach (var target in guest.Targets)
        {
            Include(cluster.SessionsTo(target));
        }

        return prepared is null ? null : (prepared, cluster.Options.Weights.CachedImage + cluster.Options.Weights.Sessions);

        void Include(HostSet? hosts)
        {
            if (hosts is not null)
            {
                prepared ??= cluster.NoHosts;
                prepared.Add(hosts);
            }
        }
    }

    private static double Host(IndexedCluster cluster, int host, Room free)
    {
        var (weights, capacity) = (cluster.Options.Weights, cluster.CapacityOf(host));
        var balance = Math.Min(Free(free.MemoryMib, capacity.MemoryMib), Free(free.Vcpus, capacity.Vcpus));
        return (weights.Balance * balance) - (cluster.Hosts[host].Spare ? weights.SparesLast : 0);
    }

    private static double Bonus(Guest guest, int host, Placement placement, Weights weights)
    {
        var (cluster, policy) = (placement.Cluster, guest.Instance.Policy);
        var bonus = 0.0;
        if (policy.FormerHost.Length > 0 && policy.FormerHost == cluster.Hosts[host].Name)
        {
            bonus += weights.FormerHost;
        }

        if (policy.Image.Length > 0 && cluster.Hosts[host].CachedImages.Contains(policy.Image))
        {
            bonus += weights.CachedImage;
        }

        if (guest.Targets.Count > 0)
        {
            bonus += weights.Sessions * guest.Targets.Count(target => cluster.SessionsTo(target)?.Contains(host) ?? false) / guest.Targets.Count;
        }

        return bonus;
    }

    // A host that was promised too much is no worse than a full one.
    private static double Free(long free, long capacity) => Math.Max(0, Room.Share(free, capacity));
}
