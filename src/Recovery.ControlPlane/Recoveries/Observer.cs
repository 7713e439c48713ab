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

        var toBeProven = ToBeProven(driven).ToHashSet(StringComparer.Ordinal);
        var isAllProven = toBeProven.All(valid.ContainsKey);
        var told = isAllProven ? [] : await ToldAsync(driven.Row.Id, cancellationToken);
        var beingFenced = running.Hosts;
        return new Observation
        {
            BlindBecause = isAllProven ? null : await WhyBlindAsync(toBeProven, cancellationToken),
            Hosts = hosts.ToDictionary(host => host, SightOf, StringComparer.Ordinal),
            ListenFor = liveness.StillListening,
            UnderWay = running.Instances,
            Silences = memory.Silences,
        };

        HostSight SightOf(string host)
        {
            var fenced = memory.LastFencing(host);
            return new HostSight
            {
                Proof = valid.GetValueOrDefault(host),
                IsAlive = liveness.Of(host, everReported: true) == HostLiveness.Up,
                IsLost = proofs.IsLost(host),
                ListenFor = liveness.TooEarlyToTell(host),
                IsBeingFenced = beingFenced.Contains(host),
                OrderIsOut = told.Contains(host),
                FenceAgainAt = fenced?.Again,
                FenceFailure = fenced?.Why ?? "",
            };
        }
    }

    // Before the plan nobody knows more than what was asked for. What starts where it belongs needs no proof.
    private static IEnumerable<string> ToBeProven(DrivenRecovery driven) => driven.Progress.State <= RecoveryState.Planning
        ? driven.Row.Request.Kind == RecoveryKind.Resume ? [] : driven.Row.Request.Hosts
        : driven.Progress.Unfinished.Where(instance => instance.NeedsProof).Select(instance => instance.Source);

    private async Task<HashSet<string>> ToldAsync(Guid recovery, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var hosts = await context.FenceOrders.AsNoTracking()
            .Where(order => order.RecoveryId == recovery)
            .Select(order => order.Host)
            .ToListAsync(cancellationToken);
        return hosts.ToHashSet(StringComparer.Ordinal);
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
