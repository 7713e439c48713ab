namespace Recovery.Core.Planning;

/// <summary>How full hosts may become, who is left alone, and what makes one host better than another.</summary>
public sealed record PlannerOptions
{
    /// <summary>Memory in MiB that stays with the host's own system.</summary>
    public long ReservedMemoryMib { get; init; } = 512;

    /// <summary>Promised memory over physical memory. More than 1 trusts that guests don't use what they were given.</summary>
    public double MemoryOvercommit { get; init; } = 1.0;

    /// <summary>Promised virtual processors over logical processors.</summary>
    public double VcpuOvercommit { get; init; } = 16.0;

    /// <summary>Logical processors that stay with the host's own system.</summary>
    public int ReservedVcpus { get; init; }

    /// <summary>Promised disk over the room for disks, on hosts that count it.</summary>
    public double DiskOvercommit { get; init; } = 1.0;

    /// <summary>Room for disks in MiB that stays free, on hosts that count it.</summary>
    public long ReservedDiskMib { get; init; }

    /// <summary>Classes of instances that heal themselves and are never recovered, separated by commas: <c>appliance,loadbalancer</c>.</summary>
    public string ExcludedClasses { get; init; } = "";

    /// <summary>How many places one search for a better arrangement may look at when something was left out; the last resort, five times as many.</summary>
    public int RepairTries { get; init; } = 20_000;

    public Weights Weights { get; init; } = new();
}

/// <summary>
/// What makes one host better than another among those that can take an instance. Each preference gives a host between
/// 0 and 1; the host with the greatest sum of preference times weight is chosen, and the first by name among equals.
/// </summary>
public sealed record Weights
{
    /// <summary>The share of its memory, or processors if less of them, that is free after the move.</summary>
    public double Balance { get; init; } = 1.0;

    /// <summary>1 for a failure domain that took nothing in this plan yet, less with each move there.</summary>
    public double Spread { get; init; } = 0.5;

    /// <summary>The share of the members of a soft affinity group that is on the host.</summary>
    public double SoftAffinity { get; init; } = 1.0;

    /// <summary>1 for a host without members of a soft anti-affinity group, less with each.</summary>
    public double SoftAntiAffinity { get; init; } = 1.0;

    /// <summary>1 for a host that is no spare. Greater than all others together keeps spares for last.</summary>
    public double SparesLast { get; init; } = 10.0;

    /// <summary>1 for a host that has the instance's base image in its cache.</summary>
    public double CachedImage { get; init; } = 0.2;

    /// <summary>The share of the instance's iSCSI targets that guests of the host use already.</summary>
    public double Sessions { get; init; } = 0.1;

    /// <summary>1 for the host that the instance was on before it was recovered.</summary>
    public double FormerHost { get; init; } = 5.0;
}
