namespace Recovery.Core.Inventory;

/// <summary>The last state that a host reported of a domain.</summary>
public enum DomainState
{
    Running,

    /// <summary>Paused by its owner.</summary>
    Paused,

    /// <summary>Off because its owner wanted so.</summary>
    ShutOff,

    /// <summary>It stopped against its owner's will, as guests do in the last moment of a dying host.</summary>
    Crashed,
}

/// <summary>How an instance shall be after a recovery: what ran runs again, what was shut off stays off.</summary>
public enum PowerIntent
{
    Run,
    Pause,
    StayOff,
}

/// <summary>A virtual machine as its owner knows it.</summary>
public sealed record Instance
{
    /// <summary>The domain's UUID.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The host that it belongs to.</summary>
    public required string Host { get; init; }

    public required DomainState State { get; init; }

    /// <summary>Maximum memory in MiB.</summary>
    public required long MemoryMib { get; init; }

    public required int Vcpus { get; init; }

    /// <summary>MiB that it takes from a host's own room for disks; 0 when its disks are on shared storage.</summary>
    public long DiskMib { get; init; }

    public IReadOnlyList<Disk> Disks { get; init; } = [];

    /// <summary>Its ports in Neutron, where there is one: the target has to plug them in.</summary>
    public IReadOnlyList<NetworkPort> Ports { get; init; } = [];

    /// <summary>Other files that it can't start without: NVRAM, kernel, initrd.</summary>
    public IReadOnlyList<HostFile> Files { get; init; } = [];

    /// <summary>Its room is promised also while it is off, as Placement does it.</summary>
    public bool HoldsRoomWhenOff { get; init; }

    /// <summary>What it takes of each class of which a host gives only certain amounts at once; see <see cref="Host.Units"/>.</summary>
    public IReadOnlyDictionary<string, int> Amounts { get; init; } = new Dictionary<string, int>();

    /// <summary>Why it must not be moved from here, and who can do it; empty when it may.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>What its definition asks of its host.</summary>
    public HostRequirements Requirements { get; init; } = HostRequirements.None;

    /// <summary>What its owner or operator wants for it.</summary>
    public InstancePolicy Policy { get; init; } = InstancePolicy.None;

    public PowerIntent Intent => State switch
    {
        DomainState.ShutOff => PowerIntent.StayOff,
        DomainState.Paused => PowerIntent.Pause,
        _ => PowerIntent.Run,
    };

    /// <summary>Its network block devices that a host has to connect to.</summary>
    public IEnumerable<Disk> Volumes => Disks.Where(disk => disk.Iscsi is not null || disk.Share is not null);
}
