using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Looks at the world for the step machine: who is proven off, who is alive, who did not answer.</summary>
public sealed class Observer(FenceProofs proofs, LivenessBoard liveness)
{
    public async Task<Observation> LookAsync(
        RecoveryProgress recovery, DriveMemory memory, RunningActions running, CancellationToken cancellationToken)
    {
        var hosts = recovery.Unfinished
            .SelectMany(instance => new[] { instance.Source, instance.Target })
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var valid = await proofs.ValidAsync(hosts, cancellationToken);
        return new Observation
        {
            Hosts = hosts.ToDictionary(
                host => host,
                host => new HostSight
                {
                    Proof = valid.GetValueOrDefault(host),
                    IsAlive = liveness.Of(host, everReported: true) == HostLiveness.Up,
                    IsLost = proofs.IsLost(host),
                    ListenFor = liveness.TooEarlyToTell(host),
                    IsBeingFenced = running.Hosts.Contains(host),
                    FenceAgainAt = memory.FenceFailure(host)?.Again,
                    FenceFailure = memory.FenceFailure(host)?.Why ?? "",
                },
                StringComparer.Ordinal),
            UnderWay = running.Instances,
            Silences = memory.Silences,
        };
    }
}
