using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>What a request comes to on the cluster as it is now.</summary>
/// <param name="Hosts">The sources: those named, or else those that the named instances belong to.</param>
/// <param name="Instances">All instances that it is about.</param>
/// <param name="LockHosts">It is about whole hosts, so no other recovery may touch them.</param>
/// <param name="Faults">Everything that stands against it; empty when it can be accepted.</param>
public sealed record AcceptanceScope(
    IReadOnlyList<string> Hosts,
    IReadOnlyList<Guid> Instances,
    bool LockHosts,
    IReadOnlyList<Fault> Faults)
{
    /// <param name="asked">Without faults.</param>
    /// <param name="maxParallel">As configured, for when nobody asked otherwise.</param>
    public RecoveryRequest ToRequest(AskedRecovery asked, int maxParallel) => new(
        asked.Kind!.Value,
        Hosts,
        [.. asked.Instances.Select(instance => instance.Value)],
        [.. asked.Targets.Select(target => target.Value)],
        asked.MaxParallel ?? maxParallel)
    {
        ExcludedTargets = [.. asked.ExcludedTargets.Select(target => target.Value)],
        ExcludedInstances = [.. asked.ExcludedInstances.Select(instance => instance.Value)],
        IgnoreDependencies = asked.IgnoreDependencies,
        OnlyAutostart = asked.ReturnOf is not null,
        EvenIfAlive = asked.EvenIfAlive,
        Route = asked.Route,
    };
}
