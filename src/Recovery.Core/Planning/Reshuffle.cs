namespace Recovery.Core.Planning;

/// <summary>
/// The last resort for what is still left out: clears two or three hosts of what this plan put there, and places that and
/// what was left out anew in another order. What comes out is kept unless a tier lost by it, so that the search wanders
/// among arrangements that are equally good until one is better. Same input, same wandering.
/// </summary>
internal sealed class Reshuffle
{
    // Looking at places is what costs; a round costs something even if there is nothing to look at.
    private const int CostOfRound = 100;

    // It is less to the point than the repair search, and finds what that does not.
    private const long TriesPerRepairTry = 5;

    private readonly Placement placement;
    private readonly IReadOnlyList<Guest> guests;
    private readonly HashSet<Guid> movable;
    private readonly Dictionary<Guid, List<int>> open = [];
    private long triesLeft;
    private uint state = 2_463_534_242;

    private Reshuffle(Placement placement, IReadOnlyList<Guest> guests)
    {
        (this.placement, this.guests) = (placement, guests);
        movable = [.. guests.Select(guest => guest.Instance.Id)];
        triesLeft = TriesPerRepairTry * placement.Cluster.Options.RepairTries;
    }

    /// <param name="placement">Is as good afterwards, or better.</param>
    /// <param name="guests">May be moved, if the plan placed them; the others stay.</param>
    public static void Run(Placement placement, IReadOnlyList<Guest> guests)
    {
        var reshuffle = new Reshuffle(placement, guests);
        var placed = Tiers.Placed(guests, placement);
        while (reshuffle.triesLeft > 0 && guests.Any(guest => !placement.Has(guest)))
        {
            placed = reshuffle.Round(placed);
        }
    }

    private IReadOnlyList<int> Round(IReadOnlyList<int> before)
    {
        triesLeft -= CostOfRound;
        var moment = placement.Save();
        var pool = guests.Where(guest => !placement.Has(guest)).ToList();

        // A host where somebody who is left out could be, then hosts where those could go who had to leave it.
        for (var clearings = 2 + Next(2); clearings > 0; clearings--)
        {
            ClearHostOf(pool[Next(pool.Count)], pool);
        }

        foreach (var guest in InSomeOrder(pool))
        {
            if (TightestHostOf(guest) is { } host)
            {
                placement.Put(guest, host);
            }
        }

        var now = Tiers.Placed(guests, placement);
        if (Tiers.Compare(now, before) >= 0)
        {
            return now;
        }

        placement.Restore(moment);
        return before;
    }

    private void ClearHostOf(Guest wanting, List<Guest> pool)
    {
        var hosts = Open(wanting).FindAll(host => placement.GuestsOf(host).Count > 0 && RoomIfCleared(host).Holds(wanting.Demand));
        if (hosts.Count == 0)
        {
            return;
        }

        var leaving = Movable(hosts[Next(hosts.Count)]).OrderBy(guest => guest.Instance.Id).ToList();
        leaving.ForEach(placement.Take);
        pool.AddRange(leaving);
    }

    private Room RoomIfCleared(int host) =>
        Movable(host).Aggregate(placement.RoomOf(host), (room, guest) => room + guest.Demand);

    private IEnumerable<Guest> Movable(int host) =>
        placement.GuestsOf(host).Where(guest => movable.Contains(guest.Instance.Id));

    // Higher tiers first always; within a tier roughly by size, from either end, or in no order at all.
    private IOrderedEnumerable<Guest> InSomeOrder(List<Guest> pool)
    {
        var way = Next(4);
        var keys = pool.ToDictionary(guest => guest.Instance.Id, guest => way switch
        {
            3 => Open(guest).Count * (60 + Next(80)),
            0 => -guest.Demand.MemoryMib * (60 + Next(80)),
            1 => guest.Demand.MemoryMib * (60 + Next(80)),
            _ => Next(1 << 20),
        });
        return pool.OrderBy(Tiers.Of).ThenBy(guest => keys[guest.Instance.Id]).ThenBy(guest => guest.Instance.Id);
    }

    private int? TightestHostOf(Guest guest)
    {
        triesLeft -= Open(guest).Count;
        return Choice.Best(guest, placement, tightestFit: true);
    }

    // A host that may not be used costs no try: the search goes the same way as if it were not there.
    private List<int> Open(Guest guest)
    {
        if (!open.TryGetValue(guest.Instance.Id, out var hosts))
        {
            hosts = open[guest.Instance.Id] = guest.Feasible.ToList().FindAll(placement.Scope.IsOpen);
        }

        return hosts;
    }

    // Marsaglia's xorshift with a fixed seed: any sequence that mixes well would do, as long as it is the same each time.
    private int Next(int limit)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return (int)(state % (uint)limit);
    }
}
