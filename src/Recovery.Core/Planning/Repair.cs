namespace Recovery.Core.Planning;

/// <summary>
/// A bounded search for a place by moving what the plan has placed already: one goes elsewhere, which may make another go
/// elsewhere (a chain), or take the place that the first one left (a swap). Nobody loses a place by it, and nothing that
/// was there before the plan is touched.
/// </summary>
internal sealed class Repair(Placement placement, IEnumerable<Guid> movable)
{
    // A swap is a chain of two. Longer ones are rarely found and cost much more.
    private const int LongestChain = 3;

    // Two small ones may have to make room for a large one.
    private const int MostAtOnce = 2;

    private readonly HashSet<Guid> movable = [.. movable];
    private readonly HashSet<Guid> inChain = [];
    private int triesLeft = placement.Cluster.Options.RepairTries;

    public bool TryPlace(Guest guest) => TryPlace(guest, LongestChain, avoid: -1);

    private bool TryPlace(Guest guest, int length, int avoid)
    {
        var blocked = new List<int>();
        foreach (var host in guest.Feasible)
        {
            // A host that may not be used costs no try: the search goes the same way as if it were not there.
            if (host == avoid || !placement.Scope.IsOpen(host))
            {
                continue;
            }

            if (triesLeft-- <= 0)
            {
                return false;
            }

            if (placement.Allows(guest, host))
            {
                placement.Put(guest, host);
                return true;
            }

            if (placement.GuestsOf(host).Count > 0)
            {
                blocked.Add(host);
            }
        }

        if (length == 0 || !inChain.Add(guest.Instance.Id))
        {
            return false;
        }

        // Where least is missing, least has to be moved.
        var found = blocked.OrderBy(host => Shortage(guest, host)).ThenBy(host => host).Any(host => MakeRoom(guest, host, length));
        inChain.Remove(guest.Instance.Id);
        return found;
    }

    private bool MakeRoom(Guest guest, int host, int length)
    {
        var movable = placement.GuestsOf(host)
            .Where(other => this.movable.Contains(other.Instance.Id) && !inChain.Contains(other.Instance.Id))
            .OrderBy(other => other.Instance.MemoryMib).ThenBy(other => other.Instance.Vcpus).ThenBy(other => other.Instance.Id)
            .ToList();
        foreach (var leaving in Sets(movable))
        {
            if (triesLeft-- <= 0)
            {
                return false;
            }

            if (Exchange(guest, host, leaving, length))
            {
                return true;
            }
        }

        return false;
    }

    // All or nothing: either everyone has a place afterwards, or all is as it was.
    private bool Exchange(Guest guest, int host, IReadOnlyList<Guest> leaving, int length)
    {
        var before = placement.Save();
        foreach (var other in leaving)
        {
            placement.Take(other);
        }

        if (placement.Allows(guest, host))
        {
            placement.Put(guest, host);
            if (leaving.All(other => TryPlace(other, length - 1, host)))
            {
                return true;
            }
        }

        placement.Restore(before);
        return false;
    }

    private static IEnumerable<IReadOnlyList<Guest>> Sets(List<Guest> guests)
    {
        foreach (var guest in guests)
        {
            yield return [guest];
        }

        for (var first = 0; MostAtOnce > 1 && first < guests.Count; first++)
        {
            for (var second = first + 1; second < guests.Count; second++)
            {
                yield return [guests[first], guests[second]];
            }
        }
    }

    private double Shortage(Guest guest, int host)
    {
        var missing = placement.RoomOf(host).Missing(guest.Demand);
        return Room.Share(missing.MemoryMib, guest.Demand.MemoryMib) + Room.Share(missing.Vcpus, guest.Demand.Vcpus);
    }
}
