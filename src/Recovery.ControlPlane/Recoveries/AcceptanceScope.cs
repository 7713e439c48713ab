using Recovery.Core.Planning;

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
    public PlanRequest ToPlanRequest(AskedRecovery asked) => new(
        Hosts,
        [.. asked.Instances.Select(instance => instance.Value)],
        [.. asked.Targets.Select(target => target.Value)]);
}
