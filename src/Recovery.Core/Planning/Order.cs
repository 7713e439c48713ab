using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Who is placed first, and who is started first. Neither depends on the order of the input.</summary>
internal static class Order
{
    /// <summary>Within a tier: larger first, because small ones fit in what is left.</summary>
    public static List<Guest> ForPlacing(IEnumerable<Guest> tier, bool smallestFirst)
    {
        var sign = smallestFirst ? -1 : 1;
        return [.. tier
            .OrderByDescending(guest => sign * guest.Instance.MemoryMib)
            .ThenByDescending(guest => sign * guest.Instance.Vcpus)
            .ThenBy(guest => guest.Instance.Name, StringComparer.Ordinal)
            .ThenBy(guest => guest.Instance.Id)];
    }

    /// <summary>
    /// What is awaited before what waits for it; else what ran before what was off, since somebody misses it, higher
    /// tiers first, larger first. Waiting in a circle is not waited for.
    /// </summary>
    public static List<Guest> ForStarting(IReadOnlyCollection<Guest> guests, bool ignoreDependencies)
    {
        var ranked = Rank(guests);
        if (ignoreDependencies || guests.All(guest => guest.Instance.Policy.After.Count == 0))
        {
            return ranked;
        }

        var rank = ranked.Select((guest, position) => (guest, position)).ToDictionary(each => each.guest.Instance.Id, each => each.position);
        var waitsFor = ranked.ToDictionary(
            guest => guest.Instance.Id, guest => guest.Instance.Policy.After.Where(rank.ContainsKey).ToHashSet());
        var waiters = waitsFor.SelectMany(each => each.Value.Select(awaited => (awaited, waiter: each.Key)))
            .ToLookup(each => each.awaited, each => each.waiter);
        var ready = new PriorityQueue<int, int>(
            waitsFor.Where(each => each.Value.Count == 0).Select(each => (rank[each.Key], rank[each.Key])));
        var order = new List<Guest>(ranked.Count);
        while (ready.TryDequeue(out var position, out _))
        {
            var guest = ranked[position];
            order.Add(guest);
            foreach (var waiter in waiters[guest.Instance.Id])
            {
                if (waitsFor[waiter].Remove(guest.Instance.Id) && waitsFor[waiter].Count == 0)
                {
                    ready.Enqueue(rank[waiter], rank[waiter]);
                }
            }
        }

        return [.. order, .. ranked.Except(order)];
    }

    private static List<Guest> Rank(IEnumerable<Guest> guests) =>
        [.. guests
            .OrderBy(guest => guest.StaysOff)
            .ThenByDescending(guest => guest.Priority)
            .ThenByDescending(guest => guest.Instance.MemoryMib)
            .ThenByDescending(guest => guest.Instance.Vcpus)
            .ThenBy(guest => guest.Instance.Name, StringComparer.Ordinal)
            .ThenBy(guest => guest.Instance.Id)];
}
