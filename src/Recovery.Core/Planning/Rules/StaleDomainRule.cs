namespace Recovery.Core.Planning.Rules;

/// <summary>The host has no domain of this UUID: it could only be a stale copy, or the guest itself.</summary>
internal sealed class StaleDomainRule : IPlacementRule
{
    public bool Allows(Guest guest, int host, Placement placement) =>
        !placement.Cluster.Hosts[host].Domains.Contains(guest.Instance.Id);

    public IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement)
    {
        var name = placement.Cluster.Hosts[host].Name;
        yield return new(name, RejectionKind.HasStaleDomain,
            $"{name} already has a domain with the UUID of {guest.Instance.Name}; look at it and undefine it there first");
    }
}
