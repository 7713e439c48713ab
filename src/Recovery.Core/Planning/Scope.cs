namespace Recovery.Core.Planning;

/// <summary>Which hosts a plan may use at all.</summary>
internal sealed class Scope
{
    private readonly bool[] closed;
    private readonly HashSet<int> sources;
    private readonly HashSet<int> excluded;

    /// <param name="cluster">All hosts.</param>
    /// <param name="request">Its sources are closed, and whatever else it rules out.</param>
    /// <param name="guests">Nor is a host a target that one of them has to leave, named as a source or not.</param>
    public Scope(IndexedCluster cluster, PlanRequest request, IEnumerable<Guest> guests)
    {
        closed = new bool[cluster.Hosts.Count];
        sources = Indexes(cluster, request.Sources);
        sources.UnionWith(guests.Select(guest => guest.SourceIndex).Where(host => host >= 0));
        excluded = Indexes(cluster, request.ExcludedTargets);
        if (request.Targets.Count > 0)
        {
            var targets = Indexes(cluster, request.Targets);
            for (var host = 0; host < closed.Length; host++)
            {
                closed[host] = !targets.Contains(host);
            }
        }

        Close(sources);
        Close(excluded);
    }

    private Scope(Scope other, IEnumerable<int> withheld)
    {
        closed = [.. other.closed];
        (sources, excluded) = (other.sources, other.excluded);
        Close(withheld);
    }

    public bool IsOpen(int host) => !closed[host];

    public bool IsSource(int host) => sources.Contains(host);

    public bool IsExcluded(int host) => excluded.Contains(host);

    /// <summary>The same, as if these hosts were not there.</summary>
    public Scope Without(IEnumerable<int> withheld) => new(this, withheld);

    private void Close(IEnumerable<int> hosts)
    {
        foreach (var host in hosts)
        {
            closed[host] = true;
        }
    }

    private static HashSet<int> Indexes(IndexedCluster cluster, IReadOnlyList<string> names) =>
        [.. names.Select(cluster.IndexOf).Where(host => host >= 0)];
}
