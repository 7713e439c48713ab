namespace Recovery.Core.Planning;

/// <summary>How full a host may become.</summary>
public sealed record PlannerOptions
{
    /// <summary>Memory in MiB that stays with the host's own system.</summary>
    public long ReservedMemoryMib { get; init; } = 512;

    /// <summary>Promised memory over physical memory. More than 1 trusts that guests don't use what they were given.</summary>
    public double MemoryOvercommit { get; init; } = 1.0;

    /// <summary>Promised virtual processors over logical processors.</summary>
    public double VcpuOvercommit { get; init; } = 16.0;
}
