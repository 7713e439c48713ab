using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A recovery as it was asked for.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Hosts">The sources; never empty once accepted.</param>
/// <param name="Instances">Only these; empty means all of the sources.</param>
/// <param name="Targets">Only these hosts may take them; empty means any.</param>
/// <param name="MaxParallel">How many instances are brought up at the same time.</param>
public sealed record RecoveryRequest(
    RecoveryKind Kind,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<Guid> Instances,
    IReadOnlyList<string> Targets,
    int MaxParallel)
{
    /// <summary>These hosts must not take any.</summary>
    public IReadOnlyList<string> ExcludedTargets { get; init; } = [];

    /// <summary>These instances are left where they are.</summary>
    public IReadOnlyList<Guid> ExcludedInstances { get; init; } = [];

    /// <summary>
    /// The sources may be alive but beyond use: their own executors end their guests, or a fence agent switches them off.
    /// </summary>
    public bool EvenIfAlive { get; init; }

    /// <summary>Of a resume: only what its owner wants started with its host. Otherwise all that ran before it fell.</summary>
    public bool OnlyAutostart { get; init; }

    /// <summary>Instances come up in the order of their priorities alone.</summary>
    public bool IgnoreDependencies { get; init; }

    /// <summary>The only way by which instances may be brought up; null: whichever is best.</summary>
    public RecoveryRoute? Route { get; init; }

    /// <param name="instances">Only these of what was asked for; empty means all of it.</param>
    public PlanRequest ToPlanRequest(IReadOnlyList<Guid> instances) => new(Hosts, instances, Targets)
    {
        ExcludedTargets = ExcludedTargets,
        ExcludedInstances = ExcludedInstances,
        IgnoreDependencies = IgnoreDependencies,
    };
}
