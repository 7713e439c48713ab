namespace Recovery.Core.Planning;

/// <summary>What to plan for.</summary>
/// <param name="Sources">Hosts whose instances shall move.</param>
/// <param name="Instances">Only these instances of the sources; empty means all.</param>
/// <param name="Targets">Only these hosts may take them; empty means any.</param>
public sealed record PlanRequest(
    IReadOnlyList<string> Sources,
    IReadOnlyList<Guid> Instances,
    IReadOnlyList<string> Targets)
{
    /// <summary>These hosts must not take any.</summary>
    public IReadOnlyList<string> ExcludedTargets { get; init; } = [];

    /// <summary>These instances are left where they are: they are in neither list of the plan.</summary>
    public IReadOnlyList<Guid> ExcludedInstances { get; init; } = [];

    /// <summary>Instances come up in the order of their priorities alone.</summary>
    public bool IgnoreDependencies { get; init; }
}
