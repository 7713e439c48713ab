namespace Recovery.Core.Planning;

/// <summary>Which hosts a plan may use at all.</summary>
internal sealed class Scope
{
    private readonly bool[] closed;
    private readonly HashSet<int> sources;
    private readonly HashSet<int> excluded;

    public Scope(IndexedCluster cluster, IEnumerable<int> sources, PlanRequest request)
    {
        closed = new bool[cluster.Hosts.Count];
        this.sources = [.. sources];
        excluded = Indexes(cluster, request.ExcludedTargets);
        if (request.Targets.Count > 0)
        {
            var targets = Indexes(cluster, request.Targets);
            for (var host = 0; host < closed.Length; host++)
            {
                closed[host] = !targets.Contains(host);
            }
        }

        Close(this.sources);
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
