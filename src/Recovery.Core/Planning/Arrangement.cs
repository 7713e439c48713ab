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

    private Arrangement(Placement placement, IReadOnlyList<Guest> guests, Style style)
    {
        (Placement, this.guests, this.style) = (placement, guests, style);
        repair = new Repair(placement, guests.Select(guest => guest.Instance.Id));
    }

    public Placement Placement { get; }

    /// <summary>How many are placed, the highest tier first: what makes one attempt better than another.</summary>
    public IReadOnlyList<int> PlacedByTier { get; private set; } = [];

    public bool IsComplete => guests.All(guest => Placement.HostOf(guest.Instance.Id) is not null);

    /// <param name="placement">May hold what is settled already; that is not moved.</param>
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
        var placed = new List<int>();
        foreach (var tier in guests.GroupBy(guest => (guest.StaysOff, guest.Priority)).OrderBy(tier => tier.Key.StaysOff).ThenByDescending(tier => tier.Key.Priority))
        {
            var inOrder = Order.ForPlacing(tier, style.SmallestFirst);
            foreach (var guest in inOrder)
            {
                PlaceWithGroup(guest);
            }

            foreach (var guest in inOrder.Where(guest => !IsPlaced(guest)))
            {
                repair.TryPlace(guest);
            }

            placed.Add(inOrder.Count(IsPlaced));
        }

        PlacedByTier = placed;
    }

    private bool IsPlaced(Guest guest) => Placement.HostOf(guest.Instance.Id) is not null;

    // The first of a group that must stay together decides for all of them, so it looks for room for all of them.
    private void PlaceWithGroup(Guest guest)
    {
        if (IsPlaced(guest))
        {
            return;
        }

        var together = guest.Groups
            .Where(membership => membership.Group.Rule == Inventory.GroupRule.Affinity && Placement.AnchorsOf(membership.Group).Count == 0)
            .SelectMany(membership => guests.Where(other => other.Groups.Any(each => each.Group == membership.Group)))
            .Distinct()
            .Where(other => !IsPlaced(other))
            .ToList();
        if (together.Count < 2 || !PlaceTogether(together))
        {
            if (Choice.Best(guest, Placement, style.TightestFit) is { } host)
            {
                Placement.Put(guest, host);
            }
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
                return true;
            }

            put.ForEach(Placement.Take);
        }

        return false;
    }
}
