namespace Recovery.Core.Planning;

/// <summary>Makes as many attempts as are needed, and takes the best: in the highest tier that tells them apart, the one that places more.</summary>
internal static class Arranger
{
    // Each empty host doubles the attempts. With more of them, there is rarely something left out.
    private const int MostEmptyHosts = 4;

    /// <param name="cluster">All hosts and what they have.</param>
    /// <param name="scope">Those that may be used.</param>
    /// <param name="guests">To be placed.</param>
    /// <param name="settled">Placed already, where they stay.</param>
    public static Arrangement Best(
        IndexedCluster cluster, Scope scope, IReadOnlyList<Guest> guests, IReadOnlyList<(Guest Guest, int Host)> settled)
    {
        // Whom no host could take even now, nobody can find a place for: no search is worth the time.
        var untouched = Begin(cluster, scope, guests, settled);
        var hopeful = guests.Where(untouched.AllowsSomewhere).ToList();
        Arrangement? best = null;
        foreach (var open in Scopes(cluster, scope, hopeful))
        {
            foreach (var style in Style.All)
            {
                var attempt = Arrangement.Of(Begin(cluster, open, guests, settled), hopeful, style);
                if (best is null || IsBetter(attempt, best))
                {
                    best = attempt;
                }

                if (best.IsComplete)
                {
                    return best;
                }
            }
        }

        // What was withheld in the best attempt can be a reason against nobody, and may have room for somebody.
        return best!.Placement.Scope == scope
            ? best
            : Arrangement.Of(Again(best, scope, guests, settled), [.. hopeful.Where(guest => !best.Has(guest))], Style.Preferred);
    }

    // A greedy choice can be led astray by one host more. So when something is left out, the empty hosts are withheld in
    // every combination: what could be placed without a host, is placed with it too.
    private static IEnumerable<Scope> Scopes(IndexedCluster cluster, Scope scope, IReadOnlyList<Guest> guests)
    {
        yield return scope;
        var empty = Enumerable.Range(0, cluster.Hosts.Count)
            .Where(host => cluster.IsEmpty[host] && scope.IsOpen(host) && guests.Any(guest => guest.Feasible.Contains(host)))
            .Take(MostEmptyHosts + 1)
            .ToList();
        for (var combination = 1; empty.Count <= MostEmptyHosts && combination < 1 << empty.Count; combination++)
        {
            yield return scope.Without(empty.Where((_, bit) => (combination & (1 << bit)) != 0));
        }
    }

    private static Placement Begin(
        IndexedCluster cluster, Scope scope, IReadOnlyList<Guest> guests, IReadOnlyList<(Guest Guest, int Host)> settled)
    {
        var placement = new Placement(cluster, scope, guests.Count + settled.Count);
        foreach (var guest in guests.Concat(settled.Select(each => each.Guest)))
        {
            placement.Leave(guest);
        }

        foreach (var (guest, host) in settled)
        {
            placement.Put(guest, host);
        }

        return placement;
    }

    private static Placement Again(
        Arrangement best, Scope scope, IReadOnlyList<Guest> guests, IReadOnlyList<(Guest Guest, int Host)> settled)
    {
        var placed = guests.Where(best.Has).Select(guest => (guest, best.Placement.HostOf(guest.Instance.Id)!.Value));
        return Begin(best.Placement.Cluster, scope, [.. guests.Where(guest => !best.Has(guest))], [.. settled, .. placed]);
    }

    private static bool IsBetter(Arrangement attempt, Arrangement best)
    {
        foreach (var (now, before) in attempt.PlacedByTier.Zip(best.PlacedByTier))
        {
            if (now != before)
            {
                return now > before;
            }
        }

        return false;
    }
}
