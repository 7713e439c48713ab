using Recovery.Core.Inventory;
using Recovery.Core.Planning.Rules;

namespace Recovery.Core.Planning;

/// <summary>The rules that decide whether a host can take an instance. No rejection means that it can.</summary>
internal static class Feasibility
{
    /// <summary>What only the snapshot decides.</summary>
    public static readonly IReadOnlyList<IHostRule> HostRules =
    [
        new StateRule(),
        new BelongingRule(),
        new StorageRule(),
        new VolumeRule(),
        new EmulationRule(),
        new CpuRule(),
        new FirmwareRule(),
        new NetworkRule(),
        new UnitRule(),
    ];

    /// <summary>What the request and the plan so far decide.</summary>
    public static readonly IReadOnlyList<IPlacementRule> PlacementRules =
    [
        new RequestRule(),
        new StaleDomainRule(),
        new DefinitionRule(),
        new AntiAffinityRule(),
        new AffinityRule(),
        new CapacityRule(),
        new SpecialRoomRule(),
    ];

    public static bool Allows(Guest guest, int host, Placement placement)
    {
        foreach (var rule in PlacementRules)
        {
            if (!rule.Allows(guest, host, placement))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Every reason of one host. A source has no other reason than being one.</summary>
    public static IReadOnlyList<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var placing = PlacementRules
            .Where(rule => !rule.Allows(guest, host, placement))
            .SelectMany(rule => rule.Explain(guest, host, placement))
            .ToList();
        return placing is [{ Kind: RejectionKind.IsSource }, ..]
            ? [placing[0]]
            : [.. Unmet(guest.Instance, placement.Cluster.Hosts[host]), .. placing];
    }

    private static IEnumerable<Rejection> Unmet(Instance instance, Host host) =>
        from rule in HostRules
        from need in rule.NeedsOf(instance).Distinct()
        where !rule.MetBy(need)(host)
        select new Rejection(host.Name, need.Kind, rule.Sentence(need, instance, host));
}
