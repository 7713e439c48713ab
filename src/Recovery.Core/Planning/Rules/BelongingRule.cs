using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Zone, aggregates and traits, as the instance's owner or operator wants them.</summary>
internal sealed class BelongingRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host)
    {
        var policy = instance.Policy;
        if (policy.Zone.Length > 0 && policy.Zone != host.Zone)
        {
            yield return new(host.Name, RejectionKind.OutsideZone,
                $"must stay in zone {policy.Zone}, {host.Name} is in {(host.Zone.Length > 0 ? $"zone {host.Zone}" : "none")}");
        }

        if (policy.Aggregates.Count > 0 && !policy.Aggregates.Any(host.Aggregates.Contains))
        {
            yield return new(host.Name, RejectionKind.OutsideAggregates,
                $"must stay in {string.Join(" or ", policy.Aggregates)}, {host.Name} is in {(host.Aggregates.Count > 0 ? string.Join(", ", host.Aggregates.Order(StringComparer.Ordinal)) : "no aggregate")}");
        }

        foreach (var trait in policy.RequiredTraits.Where(trait => !host.Traits.Contains(trait)))
        {
            yield return new(host.Name, RejectionKind.TraitMissing, $"requires {trait}, which {host.Name} has not");
        }

        foreach (var trait in policy.ForbiddenTraits.Where(host.Traits.Contains))
        {
            yield return new(host.Name, RejectionKind.TraitForbidden, $"forbids {trait}, which {host.Name} has");
        }
    }
}
