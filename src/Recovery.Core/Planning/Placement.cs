using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>
/// The cluster while a plan is made: who was put where so far, and what that leaves of room, pages, devices and places
/// in groups. Whatever is put can be taken back.
/// </summary>
internal sealed class Placement
{
    private static readonly IReadOnlyList<int> Nowhere = [];

    private readonly IndexedCluster cluster;
    private readonly Scope scope;
    private readonly Room[] rooms;
    private readonly Dictionary<int, SpecialRoom> specialRooms = [];
    private readonly Dictionary<Guid, int> hosts = [];
    private readonly Dictionary<int, List<Guest>> guestsOf = [];
    private readonly Dictionary<int, int> movesIn = [];
    private readonly Dictionary<(Group Group, int Host), int> members = [];
    private readonly Stack<Change> done = [];

    /// <param name="cluster">As the snapshot shows it.</param>
    /// <param name="scope">The hosts that may be used.</param>
    /// <param name="batch">All that the plan is about: none of them is a member of its groups on its old host any more.</param>
    public Placement(IndexedCluster cluster, Scope scope, IReadOnlyCollection<Guest> batch)
    {
        (this.cluster, this.scope, Batch) = (cluster, scope, batch.Count);
        rooms = [.. cluster.FreeRoom];
        foreach (var guest in batch)
        {
            CountMember(guest, guest.SourceIndex, -1);
        }
    }

    // As it is, not made again from who is where: pages and cells are fitted one guest after the other, and in another
    // order the last may find nothing.
    private Placement(Placement other, Scope scope)
    {
        (cluster, this.scope, Batch) = (other.cluster, scope, other.Batch);
        rooms = [.. other.rooms];
        specialRooms = new(other.specialRooms);
        hosts = new(other.hosts);
        guestsOf = other.guestsOf.ToDictionary(each => each.Key, each => each.Value.ToList());
        movesIn = new(other.movesIn);
        members = new(other.members);
    }

    public IndexedCluster Cluster => cluster;

    public Scope Scope => scope;

    /// <summary>How many instances the plan is about.</summary>
    public int Batch { get; }

    public Room RoomOf(int host) => rooms[host];

    public SpecialRoom SpecialRoomOf(int host) =>
        specialRooms.TryGetValue(host, out var left) ? left : specialRooms[host] = SpecialRoom.Of(cluster.Hosts[host]);

    /// <summary>Where it was put; null when it was not.</summary>
    public int? HostOf(Guid instance) => hosts.TryGetValue(instance, out var host) ? host : null;

    public bool Has(Guest guest) => hosts.ContainsKey(guest.Instance.Id);

    /// <summary>What this plan has put on a host, in that order.</summary>
    public IReadOnlyList<Guest> GuestsOf(int host) => guestsOf.TryGetValue(host, out var guests) ? guests : [];

    /// <summary>All that this plan has put anywhere, host by host in the order of their names.</summary>
    public IEnumerable<(Guest Guest, int Host)> Placed =>
        guestsOf.OrderBy(each => each.Key).SelectMany(each => each.Value.Select(guest => (guest, each.Key)));

    /// <summary>How much this plan has put into a failure domain.</summary>
    public int MovesIn(int domain) => movesIn.GetValueOrDefault(domain);

    public int MembersOn(Group group, int host) =>
        group.MembersByHost.GetValueOrDefault(host) + (members.Count == 0 ? 0 : members.GetValueOrDefault((group, host)));

    /// <summary>Living hosts that have members of the group now, in the order of their names.</summary>
    public IReadOnlyList<int> AnchorsOf(Group group)
    {
        if (group.MembersByHost.Count == 0 && members.Count == 0)
        {
            return Nowhere;
        }

        var anchors = group.MembersByHost.Keys
            .Where(host => cluster.Hosts[host].Liveness == HostLiveness.Up && !scope.IsSource(host) && MembersOn(group, host) > 0)
            .Concat(members.Where(each => each.Key.Group == group && each.Value > 0).Select(each => each.Key.Host))
            .Distinct()
            .ToList();
        anchors.Sort();
        return anchors;
    }

    /// <summary>The same, of its own, with other hosts that may be used.</summary>
    public Placement Within(Scope open) => new(this, open);

    public bool Allows(Guest guest, int host) => guest.Feasible.Contains(host) && Feasibility.Allows(guest, host, this);

    /// <summary>Whether any host can take it as things stand.</summary>
    public bool AllowsSomewhere(Guest guest)
    {
        foreach (var host in guest.Feasible)
        {
            if (Allows(guest, host))
            {
                return true;
            }
        }

        return false;
    }

    public void Put(Guest guest, int host)
    {
        done.Push(new Change(guest, host, true, guest.AsksForSpecialRoom ? SpecialRoomOf(host) : null));
        Count(guest, host, true);
        if (guest.AsksForSpecialRoom)
        {
            specialRooms[host] = SpecialRoomOf(host).Less(guest.Instance)
                ?? throw new InvalidOperationException($"{guest.Instance.Name} was put where its pages or devices are not.");
        }
    }

    public void Take(Guest guest)
    {
        var host = hosts[guest.Instance.Id];
        done.Push(new Change(guest, host, false, guest.AsksForSpecialRoom ? SpecialRoomOf(host) : null));
        Count(guest, host, false);
        if (guest.AsksForSpecialRoom)
        {
            specialRooms[host] = FittedAnew(host) ?? SpecialRoomOf(host);
        }
    }

    /// <summary>A moment to come back to.</summary>
    public int Save() => done.Count;

    public void Restore(int moment)
    {
        while (done.Count > moment)
        {
            var change = done.Pop();
            Count(change.Guest, change.Host, !change.IsPut);
            if (change.SpecialRoomBefore is { } before)
            {
                specialRooms[change.Host] = before;
            }
        }
    }

    private void Count(Guest guest, int host, bool comes)
    {
        var sign = comes ? 1 : -1;
        if (!guestsOf.TryGetValue(host, out var guests))
        {
            guests = guestsOf[host] = [];
        }

        if (comes)
        {
            rooms[host] -= guest.Demand;
            hosts.Add(guest.Instance.Id, host);
            guests.Add(guest);
        }
        else
        {
            rooms[host] += guest.Demand;
            hosts.Remove(guest.Instance.Id);
            guests.Remove(guest);
        }

        movesIn[cluster.DomainOf(host)] = MovesIn(cluster.DomainOf(host)) + sign;
        CountMember(guest, host, sign);
    }

    // Pages and devices are fitted one guest after the other, so taking one away means fitting the others anew. If that
    // should not come out, nothing is given back: too little room is a pity, too much would be a lie.
    private SpecialRoom? FittedAnew(int host)
    {
        SpecialRoom? left = SpecialRoom.Of(cluster.Hosts[host]);
        foreach (var guest in GuestsOf(host).Where(guest => guest.AsksForSpecialRoom))
        {
            left = left?.Less(guest.Instance);
        }

        return left;
    }

    private void CountMember(Guest guest, int host, int change)
    {
        foreach (var membership in guest.Groups)
        {
            var key = (membership.Group, host);
            members[key] = members.GetValueOrDefault(key) + change;
        }
    }

    private sealed record Change(Guest Guest, int Host, bool IsPut, SpecialRoom? SpecialRoomBefore);
}
