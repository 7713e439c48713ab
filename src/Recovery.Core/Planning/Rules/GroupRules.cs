using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>A rule about the hard groups that a guest is a member of, one after the other.</summary>
internal abstract class HardGroupRule(RejectionKind kind) : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement)
    {
        foreach (var membership in guest.Groups)
        {
            if (Breaks(membership, host, placement))
            {
                return false;
            }
        }

        return true;
    }

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement) =>
        from membership in guest.Groups
        where Breaks(membership, host, placement)
        select new Rejection(placement.Cluster.Hosts[host].Name, kind, Sentence(membership, host, placement));

    protected abstract bool Breaks(Membership membership, int host, Placement placement);

    protected abstract string Sentence(Membership membership, int host, Placement placement);
}

/// <summary>Not more members of a group on one host than it allows.</summary>
internal sealed class AntiAffinityRule() : HardGroupRule(RejectionKind.BreaksAntiAffinity)
{
    protected override bool Breaks(Membership membership, int host, Placement placement) =>
        membership.Group.Rule == GroupRule.AntiAffinity
        && placement.MembersOn(membership.Group, host) >= membership.MaximumPerHost;

    protected override string Sentence(Membership membership, int host, Placement placement) =>
        $"{placement.Cluster.Hosts[host].Name} has {placement.MembersOn(membership.Group, host)} of group {membership.Group.Name} already, {membership.MaximumPerHost} may be there";
}

/// <summary>All members of a group on one host: where one of them is, there the others go.</summary>
internal sealed class AffinityRule() : HardGroupRule(RejectionKind.BreaksAffinity)
{
    protected override bool Breaks(Membership membership, int host, Placement placement) =>
        membership.Group.Rule == GroupRule.Affinity
        && placement.AnchorsOf(membership.Group) is { Count: > 0 } anchors
        && !anchors.Contains(host);

    protected override string Sentence(Membership membership, int host, Placement placement) =>
        $"group {membership.Group.Name} must stay together, and is on {string.Join(", ", placement.AnchorsOf(membership.Group).Select(anchor => placement.Cluster.Hosts[anchor].Name))}";
}
