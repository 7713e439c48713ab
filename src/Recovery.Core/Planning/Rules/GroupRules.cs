using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Not more members of a group on one host than it allows.</summary>
internal sealed class AntiAffinityRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement)
    {
        foreach (var group in guest.Groups)
        {
            if (IsFull(group, host, placement))
            {
                return false;
            }
        }

        return true;
    }

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement) =>
        from membership in guest.Groups
        where IsFull(membership, host, placement)
        let name = placement.Cluster.Hosts[host].Name
        select new Rejection(name, RejectionKind.BreaksAntiAffinity,
            $"{name} has {placement.MembersOn(membership.Group, host)} of group {membership.Group.Name} already, {membership.MaximumPerHost} may be there");

    private static bool IsFull(Membership membership, int host, Placement placement) =>
        membership.Group.Rule == GroupRule.AntiAffinity
        && placement.MembersOn(membership.Group, host) >= membership.MaximumPerHost;
}

/// <summary>All members of a group on one host: where one of them is, there the others go.</summary>
internal sealed class AffinityRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement)
    {
        foreach (var group in guest.Groups)
        {
            if (IsElsewhere(group, host, placement))
            {
                return false;
            }
        }

        return true;
    }

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement) =>
        from membership in guest.Groups
        where IsElsewhere(membership, host, placement)
        let name = placement.Cluster.Hosts[host].Name
        select new Rejection(name, RejectionKind.BreaksAffinity,
            $"group {membership.Group.Name} must stay together, and is on {string.Join(", ", placement.AnchorsOf(membership.Group).Select(anchor => placement.Cluster.Hosts[anchor].Name))}");

    private static bool IsElsewhere(Membership membership, int host, Placement placement) =>
        membership.Group.Rule == GroupRule.Affinity
        && placement.AnchorsOf(membership.Group) is { Count: > 0 } anchors
        && !anchors.Contains(host);
}
