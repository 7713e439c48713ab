namespace Recovery.Core.Planning;

/// <summary>
/// Makes as many attempts as are needed, and takes the best: in the highest tier that tells them apart, the one that
/// places more.
///
/// A greedy choice can be led astray by one host more. So when something is left out, the empty hosts are withheld in
/// every combination. The best with a host is never less than the best without it, to which the host is added for what is
/// still left out: by that, one empty host more never makes a plan place fewer. What a lower tier got on the way gives
/// way to whoever of a higher one is left out for it.
/// </summary>
internal sealed class Arranger
{
    // Each empty host doubles the attempts. With more of them, there is rarely something left out.
    private const int MostEmptyHosts = 4;

    private readonly IndexedCluster cluster;
    private readonly Scope scope;
    private readonly IReadOnlyList<Guest> batch;
    private readonly IReadOnlyList<(Guest Guest, int Host)> settled;
    private readonly List<Guest> hopeful;
    private readonly List<int> empty;
    private readonly Dictionary<int, Arrangement> known = [];

    private Arranger(IndexedCluster cluster, Scope scope, IReadOnlyList<Guest> guests, IReadOnlyList<(Guest Guest, int Host)> settled)
    {
        (this.cluster, this.scope, this.settled) = (cluster, scope, settled);
        batch = [.. guests, .. settled.Select(each => each.Guest)];

        // Whom no host could take even now, nobody can find a place for: no search is worth the time.
        hopeful = [.. guests.Where(Begin(scope).AllowsSomewhere)];
        empty = [.. Enumerable.Range(0, cluster.Hosts.Count)
            .Where(host => cluster.IsEmpty[host] && scope.IsOpen(host) && guests.Any(guest => guest.Feasible.Contains(host)))
            .Take(MostEmptyHosts + 1)];
        if (empty.Count > MostEmptyHosts)
        {
            empty.Clear();
        }
    }

    /// <param name="cluster">All hosts and what they have.</param>
    /// <param name="scope">Those that may be used.</param>
    /// <param name="guests">To be placed.</param>
    /// <param name="settled">Placed already, where they stay.</param>
    public static Arrangement Best(
        IndexedCluster cluster, Scope scope, IReadOnlyList<Guest> guests, IReadOnlyList<(Guest Guest, int Host)> settled) =>
        new Arranger(cluster, scope, guests, settled).Best(withheld: 0);

    /// <param name="withheld">Bits of empty hosts that may not be used.</param>
    private Arrangement Best(int withheld)
    {
        if (known.TryGetValue(withheld, out var arrangement))
        {
            return arrangement;
        }

        var open = withheld == 0 ? scope : scope.Without(empty.Where((_, bit) => (withheld & (1 << bit)) != 0));
        Arrangement? best = null;
        foreach (var attempt in Attempts(open, withheld))
        {
            if (best is null || Tiers.Compare(attempt.PlacedByTier, best.PlacedByTier) > 0)
            {
                best = attempt;
            }

            if (attempt.IsComplete)
            {
                break;
            }
        }

        best = WithoutOvertaking(best!, open);
        Reshuffle.Run(best.Placement, hopeful);
        return known[withheld] = best;
    }

    private IEnumerable<Arrangement> Attempts(Scope open, int withheld)
    {
        foreach (var style in Style.All)
        {
            yield return Arrangement.Of(Begin(open), hopeful, style);
        }

        // What was withheld before may have room for somebody.
        for (var bit = 0; bit < empty.Count; bit++)
        {
            if ((withheld & (1 << bit)) == 0)
            {
                yield return Arrangement.Of(Best(withheld | (1 << bit)).Placement.Within(open), hopeful, Style.Preferred);
            }
        }
    }

    // What was placed while a host was withheld is kept when it is added, and may shut out a higher tier: by its room, or
    // by where its group is.
    private Arrangement WithoutOvertaking(Arrangement arrangement, Scope open)
    {
        foreach (var tier in hopeful.Select(Tiers.Of).Distinct().Order())
        {
            var left = hopeful.FindAll(guest => Tiers.Of(guest) == tier && !arrangement.Placement.Has(guest));
            if (left.Count > 0 && WithoutLower(tier, arrangement, open) is { } placement && PutAny(left, placement))
            {
                arrangement = Arrangement.Of(placement, hopeful, Style.Preferred);
            }
        }

        return arrangement;
    }

    // Null: there is nobody lower.
    private Placement? WithoutLower((bool StaysOff, int Below) tier, Arrangement arrangement, Scope open)
    {
        var stays = settled.Select(each => each.Guest).ToHashSet();
        var lower = arrangement.Placement.Placed.Select(each => each.Guest).Where(guest => Tiers.Of(guest).CompareTo(tier) > 0 && !stays.Contains(guest)).ToList();
        if (lower.Count == 0)
        {
            return null;
        }

        var placement = arrangement.Placement.Within(open);
        lower.ForEach(placement.Take);
        return placement;
    }

    private static bool PutAny(IEnumerable<Guest> guests, Placement placement)
    {
        var put = false;
        foreach (var guest in Order.ForPlacing(guests, smallestFirst: false))
        {
            if (Choice.Best(guest, placement, tightestFit: false) is { } host)
            {
                placement.Put(guest, host);
                put = true;
            }
        }

        return put;
    }

    private Placement Begin(Scope open)
    {
        var placement = new Placement(cluster, open, batch);
        foreach (var (guest, host) in settled)
        {
            placement.Put(guest, host);
        }

        return placement;
    }
}
