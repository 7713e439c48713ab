namespace Recovery.Core.Planning;

/// <summary>The best host for one guest, as things stand in the plan.</summary>
internal static class Choice
{
    // Bounds and scores are sums of the same shares in another order.
    private const double RoundingError = 1e-9;

    /// <summary>Null when no host can take it.</summary>
    public static int? Best(Guest guest, Placement placement, bool tightestFit) =>
        tightestFit ? Tightest(guest, placement) : Preferred(guest, placement);

    /// <summary>All hosts that can take it, the best first.</summary>
    public static IEnumerable<int> Ranked(Guest guest, Placement placement, bool tightestFit)
    {
        var hosts = guest.Feasible.ToList().Where(host => placement.Allows(guest, host));
        return tightestFit
            ? hosts.OrderBy(host => Left(guest, host, placement)).ThenBy(host => host)
            : hosts.OrderByDescending(host => Scoring.Of(guest, host, placement)).ThenBy(host => host);
    }

    // Hosts come in the order of their bounds, so the search ends where no later one can be better. Those that may
    // exceed their bound are looked at first.
    private static int? Preferred(Guest guest, Placement placement)
    {
        var best = -1;
        var bestScore = double.NegativeInfinity;
        var least = Scoring.LeastTaken(guest, placement.Cluster);
        foreach (var host in Scoring.Favourites(guest, placement))
        {
            Consider(host);
        }

        if (Scoring.Prepared(guest, placement.Cluster) is { } prepared)
        {
            Search(prepared.Hosts, prepared.Most);
        }

        Search(guest.Feasible, 0);
        return best < 0 ? null : best;

        void Search(HostSet hosts, double bonus)
        {
            foreach (var host in hosts)
            {
                if (placement.Cluster.BoundOf(host) - least + bonus < bestScore - RoundingError)
                {
                    return;
                }

                Consider(host);
            }
        }

        void Consider(int host)
        {
            if (!placement.Allows(guest, host))
            {
                return;
            }

            var score = Scoring.Of(guest, host, placement);
            if (score > bestScore || (score == bestScore && host < best))
            {
                (best, bestScore) = (host, score);
            }
        }
    }

    private static int? Tightest(Guest guest, Placement placement)
    {
        var best = -1;
        var bestLeft = double.PositiveInfinity;
        foreach (var host in guest.Feasible)
        {
            if (placement.Allows(guest, host) && Left(guest, host, placement) is var left
                && (left < bestLeft || (left == bestLeft && host < best)))
            {
                (best, bestLeft) = (host, left);
            }
        }

        return best < 0 ? null : best;
    }

    // What is left of the host's capacity, memory and processors alike; spares only when nothing else fits.
    private static double Left(Guest guest, int host, Placement placement)
    {
        var (free, capacity) = (placement.RoomOf(host) - guest.Demand, placement.Cluster.CapacityOf(host));
        return Room.Share(free.MemoryMib, capacity.MemoryMib) + Room.Share(free.Vcpus, capacity.Vcpus)
            + (placement.Cluster.Hosts[host].Spare ? placement.Cluster.Options.Weights.SparesLast : 0);
    }
}
