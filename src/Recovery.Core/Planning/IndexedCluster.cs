using Recovery.Core.Inventory;
using Recovery.Core.Planning.Rules;

namespace Recovery.Core.Planning;

/// <summary>
/// A snapshot made ready for many questions: hosts by number in the order of their names, so that the order of the input
/// can't matter; instances by host; room by host. It is made once and serves a plan, or all the plans of a forecast.
/// </summary>
internal sealed class IndexedCluster
{
    private readonly Dictionary<string, int> hostIndex;
    private readonly List<Instance>[] instancesOf;
    private readonly Room[] capacity;
    private readonly Room[] room;
    private readonly int[] domainOf;
    private readonly Dictionary<(string Name, GroupRule Rule), Group> groups = [];
    private readonly Dictionary<(Guid Instance, int Host), DefinitionRefusal> refusals = [];
    private readonly Dictionary<Need, HostSet> hostsThatMeet = [];
    private readonly Lazy<Dictionary<Guid, Instance>> byId;
    private readonly Lazy<Dictionary<string, HostSet>> sessions;
    private readonly Lazy<Dictionary<string, HostSet>> images;
    private readonly double[] bounds;
    private readonly Ranking ranking;

    public IndexedCluster(ClusterSnapshot snapshot, PlannerOptions options)
    {
        Snapshot = snapshot;
        Options = options;
        Hosts = [.. snapshot.Hosts.OrderBy(host => host.Name, StringComparer.Ordinal)];
        hostIndex = new(Hosts.Count, StringComparer.Ordinal);
        instancesOf = new List<Instance>[Hosts.Count];
        capacity = new Room[Hosts.Count];
        domainOf = new int[Hosts.Count];
        var domains = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var host = 0; host < Hosts.Count; host++)
        {
            hostIndex[Hosts[host].Name] = host;
            instancesOf[host] = [];
            capacity[host] = Room.Capacity(Hosts[host], options);

            // A host of no domain fails alone: it is a domain of its own.
            var domain = Hosts[host].FailureDomain is { Length: > 0 } named ? $"domain {named}" : $"host {Hosts[host].Name}";
            domains.TryAdd(domain, domains.Count);
            domainOf[host] = domains[domain];
        }

        byId = new(() => snapshot.Instances.ToDictionary(instance => instance.Id));
        room = [.. capacity];
        IsEmpty = new bool[Hosts.Count];
        Array.Fill(IsEmpty, true);
        TakeRoom(snapshot);
        foreach (var refusal in snapshot.Refusals)
        {
            if (hostIndex.TryGetValue(refusal.Host, out var host))
            {
                refusals[(refusal.Instance, host)] = refusal;
            }
        }

        bounds = [.. Enumerable.Range(0, Hosts.Count).Select(host => Scoring.Bound(this, host))];
        ranking = new Ranking(Hosts.Count, host => bounds[host]);
        LargestCapacity = new Room(
            capacity.Select(each => each.MemoryMib).DefaultIfEmpty().Max(), capacity.Select(each => each.Vcpus).DefaultIfEmpty().Max(), 0);
        images = new(() => ByHost((host, add) =>
        {
            foreach (var image in Hosts[host].CachedImages)
            {
                add(image);
            }
        }));
        sessions = new(() => ByHost((host, add) =>
        {
            foreach (var instance in instancesOf[host])
            {
                // Twenty thousand instances: an enumerator for each would be most of the work.
                for (var disk = 0; disk < instance.Disks.Count; disk++)
                {
                    if (instance.Disks[disk].Iscsi is { } lun && instance.Intent != PowerIntent.StayOff)
                    {
                        add(lun.TargetName);
                    }
                }
            }
        }));
    }

    public ClusterSnapshot Snapshot { get; }

    public PlannerOptions Options { get; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Host> Hosts { get; }

    /// <summary>Hosts that have no instance and were promised none.</summary>
    public bool[] IsEmpty { get; }

    /// <summary>What is free on each host before anything is placed.</summary>
    public ReadOnlySpan<Room> FreeRoom => room;

    /// <summary>-1 when it is not registered.</summary>
    public int IndexOf(string host) => hostIndex.GetValueOrDefault(host, -1);

    public IReadOnlyList<Instance> InstancesOf(int host) => instancesOf[host];

    public Instance? Find(Guid instance) => byId.Value.GetValueOrDefault(instance);

    /// <summary>What may be promised on a host in all.</summary>
    public Room CapacityOf(int host) => capacity[host];

    public int DomainOf(int host) => domainOf[host];

    public DefinitionRefusal? RefusalOf(Guid instance, int host) => refusals.Count == 0 ? null : refusals.GetValueOrDefault((instance, host));

    /// <summary>The most that any host may be promised, of each.</summary>
    public Room LargestCapacity { get; }

    public HostSet NoHosts => HostSet.None(ranking);

    /// <summary>Hosts whose guests use this iSCSI target; null when there is none.</summary>
    public HostSet? SessionsTo(string target) => sessions.Value.GetValueOrDefault(target);

    /// <summary>Hosts that have this base image in their cache; null when there is none.</summary>
    public HostSet? HoldersOf(string image) => images.Value.GetValueOrDefault(image);

    /// <summary>What no guest without a bonus can exceed there.</summary>
    public double BoundOf(int host) => bounds[host];

    public Guest GuestOf(Instance instance, int priority) => new(
        instance,
        IndexOf(instance.Host),
        priority,
        instance.Policy.Groups.Count == 0 ? [] : [.. instance.Policy.Groups.Select(each => new Membership(groups[(each.Name, each.Rule)], each.MaximumPerHost))],
        FeasibleFor(instance));

    private HostSet FeasibleFor(Instance instance)
    {
        HostSet? hosts = null;
        foreach (var rule in Feasibility.HostRules)
        {
            foreach (var need in rule.NeedsOf(instance))
            {
                if (!hostsThatMeet.TryGetValue(need, out var meeting))
                {
                    var isMet = rule.MetBy(need);
                    meeting = hostsThatMeet[need] = HostSet.Of(ranking, host => isMet(Hosts[host]));
                }

                hosts ??= meeting.Copy();
                hosts.Keep(meeting);
            }
        }

        return hosts ?? HostSet.Of(ranking, _ => true);
    }

    private void TakeRoom(ClusterSnapshot snapshot)
    {
        foreach (var instance in snapshot.Instances)
        {
            var host = IndexOf(instance.Host);
            if (host >= 0)
            {
                instancesOf[host].Add(instance);
                room[host] -= Room.Of(instance);
                IsEmpty[host] = false;
            }

            if (instance.Policy.Groups.Count > 0)
            {
                AddToGroups(instance, host);
            }
        }

        foreach (var reservation in snapshot.Reservations)
        {
            var host = IndexOf(reservation.Host);
            if (host < 0)
            {
                continue;
            }

            room[host] -= new Room(reservation.MemoryMib, reservation.Vcpus, reservation.DiskMib);
            IsEmpty[host] = false;
            if (groups.Count > 0 && Find(reservation.Instance) is { Policy.Groups.Count: > 0 } promised)
            {
                foreach (var group in promised.Policy.Groups)
                {
                    CountMember(groups[(group.Name, group.Rule)], host);
                }
            }
        }
    }

    private void AddToGroups(Instance instance, int host)
    {
        foreach (var (name, rule, _) in instance.Policy.Groups)
        {
            if (!groups.TryGetValue((name, rule), out var group))
            {
                group = groups[(name, rule)] = new Group(name, rule);
            }

            group.Size++;
            if (host >= 0)
            {
                CountMember(group, host);
            }
        }
    }

    private static void CountMember(Group group, int host) =>
        group.MembersByHost[host] = group.MembersByHost.GetValueOrDefault(host) + 1;

    private Dictionary<string, HostSet> ByHost(Action<int, Action<string>> tellKeys)
    {
        var hosts = new Dictionary<string, HostSet>(StringComparer.Ordinal);
        for (var host = 0; host < Hosts.Count; host++)
        {
            tellKeys(host, Add);

            void Add(string key)
            {
                if (!hosts.TryGetValue(key, out var holders))
                {
                    holders = hosts[key] = HostSet.None(ranking);
                }

                holders.Add(host);
            }
        }

        return hosts;
    }
}
