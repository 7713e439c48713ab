using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Zone, aggregates and traits, as the instance's owner or operator wants them.</summary>
internal sealed class BelongingRule : IHostRule
{
    // Names hold no line feeds.
    private const char Or = '\n';

    public IEnumerable<Need> NeedsOf(Instance instance)
    {
        var policy = instance.Policy;
        if (policy.Zone.Length > 0)
        {
            yield return new(RejectionKind.OutsideZone, policy.Zone);
        }

        if (policy.Aggregates.Count > 0)
        {
            yield return new(RejectionKind.OutsideAggregates, string.Join(Or, policy.Aggregates));
        }

        foreach (var trait in policy.RequiredTraits)
        {
            yield return new(RejectionKind.TraitMissing, trait);
        }

        foreach (var trait in policy.ForbiddenTraits)
        {
            yield return new(RejectionKind.TraitForbidden, trait);
        }
    }

    public Func<Host, bool> MetBy(Need need)
    {
        var aggregates = need.Value.Split(Or);
        return need.Kind switch
        {
            RejectionKind.OutsideZone => host => host.Zone == need.Value,
            RejectionKind.OutsideAggregates => host => host.Aggregates.Overlaps(aggregates),
            RejectionKind.TraitMissing => host => host.Traits.Contains(need.Value),
            _ => host => !host.Traits.Contains(need.Value),
        };
    }

    public string Sentence(Need need, Instance instance, Host host) => need.Kind switch
    {
        RejectionKind.OutsideZone =>
            $"must stay in zone {need.Value}, {host.Name} is in {(host.Zone.Length > 0 ? $"zone {host.Zone}" : "none")}",
        RejectionKind.OutsideAggregates =>
            $"must stay in {need.Value.Replace(Or.ToString(), " or ", StringComparison.Ordinal)}, {host.Name} is in {(host.Aggregates.Count > 0 ? string.Join(", ", host.Aggregates.Order(StringComparer.Ordinal)) : "no aggregate")}",
        RejectionKind.TraitMissing => $"requires {need.Value}, which {host.Name} has not",
        _ => $"forbids {need.Value}, which {host.Name} has",
    };
}
