namespace Recovery.Core.Planning.Rules;

/// <summary>What was asked for: not from a source to a source, only to requested targets, never to excluded ones.</summary>
internal sealed class RequestRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement) =>
        placement.Scope.IsOpen(host) && guest.SourceIndex != host;

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var name = placement.Cluster.Hosts[host].Name;
        if (guest.SourceIndex == host || placement.Scope.IsSource(host))
        {
            yield return new(name, RejectionKind.IsSource, $"{name} is being recovered from");
            yield break;
        }

        if (placement.Scope.IsExcluded(host))
        {
            yield return new(name, RejectionKind.Excluded, $"{name} is excluded by the request");
        }
        else
        {
            yield return new(name, RejectionKind.NotRequested, $"{name} is not among the requested targets");
        }
    }
}
