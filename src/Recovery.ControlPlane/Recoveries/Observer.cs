using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Looks at the world for the step machine: who is proven off, who is alive, who did not answer.</summary>
public sealed class Observer(
    IDbContextFactory<RecoveryDbContext> contexts, FenceProofs proofs, LivenessBoard liveness)
{
    public async Task<Observation> LookAsync(
        DrivenRecovery driven, DriveMemory memory, RunningActions running, CancellationToken cancellationToken)
    {
        var recovery = driven.Progress;
        var hosts = recovery.Unfinished
            .SelectMany(instance => new[] { instance.Source, instance.Target })
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var valid = await proofs.ValidAsync(hosts, cancellationToken);

        // Before the plan nobody knows more than what was asked for.
        var sources = (recovery.State <= RecoveryState.Planning ? driven.Row.Request.Hosts : recovery.Unfinished.Select(instance => instance.Source))
            .ToHashSet(StringComparer.Ordinal);
        return new Observation
        {
            BlindBecause = recovery.State > RecoveryState.Planning && sources.All(valid.ContainsKey) ? null : await WhyBlindAsync(sources, cancellationToken),
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
            ListenFor = liveness.StillListening,
            UnderWay = running.Instances,
            Silences = memory.Silences,
        };
    }

    // Read only before planning and while somebody has to be fenced: it takes a look at every host.
    private async Task<string?> WhyBlindAsync(HashSet<string> sources, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Hosts.AsNoTracking()
            .Select(row => new { row.Name, row.Maintenance, Reported = row.ReportedAt != null })
            .ToListAsync(cancellationToken);
        var proven = await proofs.ValidAsync([.. rows.Select(row => row.Name)], cancellationToken);
        return Sight.WhyNotFence(
            rows.Select(row => new Witness(row.Name, liveness.Of(row.Name, row.Reported), row.Maintenance)),
            sources,
            proven.Keys.ToHashSet(StringComparer.Ordinal));
    }
}
