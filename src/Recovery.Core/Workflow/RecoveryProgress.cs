namespace Recovery.Core.Workflow;

/// <summary>A recovery as it is persisted: all that the step machine remembers.</summary>
public sealed record RecoveryProgress
{
    public required RecoveryState State { get; init; }

    /// <summary>What it was said to wait for.</summary>
    public string Reason { get; init; } = "";

    public bool Paused { get; init; }

    /// <summary>Null: nobody asked it to end.</summary>
    public CancelMode? Cancel { get; init; }

    public required RecoveryLimits Limits { get; init; }

    /// <summary>That a source is alive is no reason not to fence it.</summary>
    public bool EvenIfAlive { get; init; }

    /// <summary>In the plan's order; empty until planned.</summary>
    public IReadOnlyList<InstanceProgress> Instances { get; init; } = [];

    public IEnumerable<InstanceProgress> Unfinished => Instances.Where(instance => !instance.State.IsFinal());
}

/// <summary>One instance of a recovery as it is persisted.</summary>
public sealed record InstanceProgress
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Source { get; init; }

    /// <summary>Null while no host can take it.</summary>
    public required string? Target { get; init; }

    public required InstanceState State { get; init; }

    public required InstanceNeeds Needs { get; init; }

    public bool SkipRequested { get; init; }

    /// <summary>Instances that have to end before it begins.</summary>
    public IReadOnlyList<Guid> After { get; init; } = [];

    /// <summary>The storages and portals that its disks are behind.</summary>
    public IReadOnlyList<string> Backends { get; init; } = [];

    /// <summary>The steps of the current attempt, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    /// <summary>It takes up one of the places that the limits give.</summary>
    public bool TakesPlace => State is InstanceState.Recovering or InstanceState.PuttingBack;

    /// <summary>Its start needs a proof that no other copy runs. What starts where it belongs has no other place to run.</summary>
    public bool NeedsProof => Needs.Task == InstanceTask.Move;
}
