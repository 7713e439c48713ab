namespace Recovery.Core.Planning;

/// <summary>How one attempt goes about it.</summary>
/// <param name="TightestFit">Hosts by how little room the guest would leave, instead of by preference.</param>
/// <param name="SmallestFirst">Small guests before large ones within a tier: more of them may find a place.</param>
internal sealed record Style(bool TightestFit, bool SmallestFirst)
{
    public static readonly Style Preferred = new(false, false);

    /// <summary>What is tried when the preferred way leaves something out, in this order.</summary>
    public static readonly IReadOnlyList<Style> All = [Preferred, new(true, false), new(true, true)];
}

/// <summary>One attempt at a whole batch, tier by tier: a lower tier gets what the higher ones leave.</summary>
internal sealed class Arrangement
{
    private readonly Style style;
    private readonly Repair repair;
    private readonly IReadOnlyList<Guest> guests;

    // Whom no host of the scope could take even now, nobody can find a place for: no search is worth the time.
    private readonly HashSet<Guest> possible;

    private Arrangement(Placement placement, IReadOnlyList<Guest> guests, Style style)
    {
        (Placement, this.guests, this.style) = (placement, guests, style);
        possible = [.. guests.Where(guest => !placement.Has(guest) && placement.AllowsSomewhere(guest))];
        repair = new Repair(placement, possible.Select(guest => guest.Instance.Id));
    }

    public Placement Placement { get; }

    public IReadOnlyList<int> PlacedByTier => Tiers.Placed(guests, Placement);

    public bool IsComplete => guests.All(Placement.Has);

    /// <param name="placement">May hold what is settled already, also of these guests; that is not moved.</param>
    /// <param name="guests">In any order.</param>
    /// <param name="style">How to go about it.</param>
    public static Arrangement Of(Placement placement, IReadOnlyList<Guest> guests, Style style)
    {
        var arrangement = new Arrangement(placement, guests, style);
        arrangement.Run();
        return arrangement;
    }

    private void Run()
    {
        var left = new List<Guest>();
        foreach (var tier in guests.GroupBy(Tiers.Of).OrderBy(tier => tier.Key))
        {
            var inOrder = Order.ForPlacing(tier.Where(possible.Contains), style.SmallestFirst);
            inOrder.ForEach(PlaceWithGroup);
            left.AddRange(inOrder.Where(guest => !Placement.Has(guest)));
            foreach (var guest in inOrder.Where(guest => !Placement.Has(guest)))
            {
                repair.TryPlace(guest);
            }

            // What was moved for one may have made room for another.
            left.ForEach(Place);
        }
    }

    private void Place(Guest guest)
    {
        if (!Placement.Has(guest) && Choice.Best(guest, Placement, style.TightestFit) is { } host)
        {
            Placement.Put(guest, host);
        }
    }

    // The first of a group that must stay together decides for all of them, so it looks for room for all of them. Those
    // of lower tiers are not put there yet: until it is their turn, a higher tier may take the room.
    private void PlaceWithGroup(Guest guest)
    {
        if (Placement.Has(guest))
        {
            return;
        }

        var together = Order.ForPlacing(guest.Groups
            .Where(membership => membership.Group.Rule == Inventory.GroupRule.Affinity && Placement.AnchorsOf(membership.Group).Count == 0)
            .SelectMany(membership => possible.Where(other => other.Groups.Any(each => each.Group == membership.Group)))
            .Distinct()
            .Where(other => other != guest && !Placement.Has(other)), style.SmallestFirst)
            .Prepend(guest)
            .ToList();
        if (together.Count < 2 || !PlaceTogether(together))
        {
            Place(guest);
        }
    }

    private bool PlaceTogether(List<Guest> together)
    {
        var demand = together.Aggregate(Room.None, (sum, guest) => sum + guest.Demand);
        foreach (var host in Choice.Ranked(together[0], Placement, style.TightestFit))
        {
            if (!Placement.RoomOf(host).Holds(demand))
            {
                continue;
            }

            var put = new List<Guest>();
            foreach (var guest in together.TakeWhile(guest => Placement.Allows(guest, host)))
            {
                Placement.Put(guest, host);
                put.Add(guest);
            }

            if (put.Count == together.Count)
            {
                put.FindAll(guest => Tiers.Of(guest) != Tiers.Of(together[0])).ForEach(Placement.Take);
                return true;
            }

            put.ForEach(Placement.Take);
        }

        return false;
    }
}
