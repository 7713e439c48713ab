using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>
/// The cluster while a plan is made: who was put where so far, and what that leaves of room, pages, devices and places
/// in groups. Whatever is put can be taken back.
/// </summary>
internal sealed class Placement(IndexedCluster cluster, Scope scope, int batch)
{
    private static readonly IReadOnlyList<int> Nowhere = [];

    private readonly Room[] rooms = [.. cluster.FreeRoom];
    private readonly Dictionary<int, SpecialRoom> specialRooms = [];
    private readonly Dictionary<Guid, int> hosts = [];
    private readonly Dictionary<int, List<Guest>> guestsOf = [];
    private readonly Dictionary<int, int> movesIn = [];
    private readonly Dictionary<(Group Group, int Host), int> members = [];
    private readonly Stack<(Guest Guest, int Host, bool Put)> done = [];

    public IndexedCluster Cluster => cluster;

    public Scope Scope => scope;

    /// <summary>How many instances the plan is about.</summary>
    public int Batch => batch;

    public int Count => hosts.Count;

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

    /// <summary>A guest that leaves its host is no member of its groups there any more.</summary>
    public void Leave(Guest guest) => CountMember(guest, guest.SourceIndex, -1);

    public void Put(Guest guest, int host)
    {
        PutQuietly(guest, host);
        done.Push((guest, host, true));
    }

    public void Take(Guest guest) => done.Push((guest, TakeQuietly(guest), false));

    /// <summary>A moment to come back to.</summary>
    public int Save() => done.Count;

    public void Restore(int moment)
    {
        while (done.Count > moment)
        {
            var (guest, host, put) = done.Pop();
            if (put)
            {
                TakeQuietly(guest);
            }
            else
            {
                PutQuietly(guest, host);
            }
        }
    }

    private void PutQuietly(Guest guest, int host)
    {
        rooms[host] -= guest.Demand;
        hosts.Add(guest.Instance.Id, host);
        if (!guestsOf.TryGetValue(host, out var guests))
        {
            guests = guestsOf[host] = [];
        }

        guests.Add(guest);
        movesIn[cluster.DomainOf(host)] = MovesIn(cluster.DomainOf(host)) + 1;
        CountMember(guest, host, 1);
        if (guest.AsksForSpecialRoom)
        {
            specialRooms[host] = SpecialRoomOf(host).Less(guest.Instance) ?? SpecialRoomOf(host);
        }
    }

    private int TakeQuietly(Guest guest)
    {
        hosts.Remove(guest.Instance.Id, out var host);
        rooms[host] += guest.Demand;
        guestsOf[host].Remove(guest);
        movesIn[cluster.DomainOf(host)]--;
        CountMember(guest, host, -1);
        if (guest.AsksForSpecialRoom)
        {
            specialRooms[host] = Rebuilt(host);
        }

        return host;
    }

    // Pages and devices are fitted one guest after the other, so taking one back means fitting the others anew.
    private SpecialRoom Rebuilt(int host) =>
        GuestsOf(host).Where(guest => guest.AsksForSpecialRoom)
            .Aggregate(SpecialRoom.Of(cluster.Hosts[host]), (left, guest) => left.Less(guest.Instance) ?? left);

    private void CountMember(Guest guest, int host, int change)
    {
        foreach (var membership in guest.Groups)
        {
            var key = (membership.Group, host);
            members[key] = members.GetValueOrDefault(key) + change;
        }
    }
}
