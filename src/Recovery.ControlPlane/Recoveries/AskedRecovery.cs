using System.Security.Cryptography;
using System.Text.Json;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// A recovery as somebody asks for it, before it is known whether it can be. What could not be read is missing here and
/// named in <see cref="Faults"/>; what could be read is still checked, so that every fault is named at once.
/// </summary>
public sealed record AskedRecovery
{
    /// <summary>Null when it could not be read.</summary>
    public RecoveryKind? Kind { get; init; }

    /// <summary>The sources; empty when only instances are named.</summary>
    public IReadOnlyList<Named<string>> Hosts { get; init; } = [];

    /// <summary>Only these; empty means all of the sources.</summary>
    public IReadOnlyList<Named<Guid>> Instances { get; init; } = [];

    /// <summary>Only these hosts may take them; empty means any.</summary>
    public IReadOnlyList<Named<string>> Targets { get; init; } = [];

    /// <summary>These hosts must not take any.</summary>
    public IReadOnlyList<Named<string>> ExcludedTargets { get; init; } = [];

    /// <summary>These instances are left where they are.</summary>
    public IReadOnlyList<Named<Guid>> ExcludedInstances { get; init; } = [];

    /// <summary>
    /// Which return of the host it is, when the system itself asks because a host is back; null when somebody else asks.
    /// </summary>
    public string? ReturnOf { get; init; }

    /// <summary>Instances come up in the order of their priorities alone.</summary>
    public bool IgnoreDependencies { get; init; }

    /// <summary>
    /// The sources may be alive but beyond use: their own executors end their guests first, or an agent switches them off.
    /// </summary>
    public bool EvenIfAlive { get; init; }

    /// <summary>The only way by which instances may be brought up; null: whichever is best.</summary>
    public RecoveryRoute? Route { get; init; }

    /// <summary>A plan that was made before; it says all of the above.</summary>
    public Named<Guid>? Plan { get; init; }

    /// <summary>1 to 64; null leaves it to the configuration.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Check and plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who asks, and why, for the audit log. It is no part of what is asked for.</summary>
    public OperatorWord By { get; init; } = new(OperatorWord.NoName);

    /// <summary>What is wrong with it so far.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>
    /// SHA-256 of what is asked for. Spaces and the order of members and names don't matter, since they ask for nothing.
    /// </summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
    {
        kind = Kind?.ToString(),
        hosts = Hosts.Select(host => host.Value).Order(StringComparer.Ordinal),
        instances = Instances.Select(instance => instance.Value).Order(),
        targets = Targets.Select(target => target.Value).Order(StringComparer.Ordinal),
        excludedTargets = ExcludedTargets.Select(target => target.Value).Order(StringComparer.Ordinal),
        excludedInstances = ExcludedInstances.Select(instance => instance.Value).Order(),
        ignoreDependencies = IgnoreDependencies,
        evenIfAlive = EvenIfAlive,
        route = Route?.ToString(),
        plan = Plan?.Value,
        maxParallel = MaxParallel,
    })));
}
