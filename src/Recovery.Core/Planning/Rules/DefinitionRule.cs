namespace Recovery.Core.Planning.Rules;

/// <summary>The host's executor did not refuse the definition when it was shown it, and a way is open to it.</summary>
internal sealed class DefinitionRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement) =>
        placement.Cluster.RefusalOf(guest.Instance.Id, host) is null;

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var (name, refusal) = (placement.Cluster.Hosts[host].Name, placement.Cluster.RefusalOf(guest.Instance.Id, host)!);
        yield return refusal.NoRoute
            ? new(name, RejectionKind.NoRoute, refusal.Reason)
            : new(name, RejectionKind.DefinitionRefused, $"{name} would not define it: {refusal.Reason}");
    }
}
