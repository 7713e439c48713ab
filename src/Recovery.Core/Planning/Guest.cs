using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>An instance that a plan has to place, with all that is looked up once.</summary>
internal sealed class Guest(Instance instance, int source, int priority, IReadOnlyList<Membership> groups, HostSet feasible)
{
    public Instance Instance => instance;

    /// <summary>Index of the host that it belongs to; -1 when that is not registered.</summary>
    public int SourceIndex => source;

    /// <summary>Its own tier, or that of an instance that waits for it.</summary>
    public int Priority => priority;

    public IReadOnlyList<Membership> Groups => groups;

    /// <summary>Hosts that could take it as far as the snapshot alone decides.</summary>
    public HostSet Feasible => feasible;

    public Room Demand { get; } = Room.Of(instance);

    public bool AsksForSpecialRoom { get; } = SpecialRoom.IsAskedBy(instance);

    /// <summary>iSCSI targets that its volumes are on.</summary>
    public IReadOnlyList<string> Targets { get; } = [.. instance.Volumes.Select(disk => disk.Iscsi?.TargetName).OfType<string>().Distinct()];

    public bool StaysOff => instance.Intent == PowerIntent.StayOff;
}

/// <summary>A group of instances, and how many of its members each host has.</summary>
internal sealed class Group(string name, GroupRule rule)
{
    public string Name => name;

    public GroupRule Rule => rule;

    /// <summary>How many members there are.</summary>
    public int Size { get; set; }

    /// <summary>Members by index of the host, as the snapshot shows them.</summary>
    public Dictionary<int, int> MembersByHost { get; } = [];
}

/// <summary>An instance's membership in a group.</summary>
internal sealed record Membership(Group Group, int MaximumPerHost);
