using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Plans a request and changes nothing in the cluster. What only stands against it now, such as a host that is still
/// alive, is a warning here: looking ahead is what a preview is for.
/// </summary>
public sealed class AcceptancePreview(
    AcceptanceLookout lookout,
    PlanMaker maker,
    HistoryReader history,
    PlanArchive archive,
    RecoveryOptions options,
    TimeProvider time)
{
    /// <summary>The plan is kept, so that it can be carried out by its id.</summary>
    public async Task<PreviewOutcome> PlanAsync(AskedRecovery asked, CancellationToken cancellationToken)
    {
        var outcome = await PreviewAsync(asked with { DryRun = false }, cancellationToken);
        if (outcome is PreviewOutcome.Planned planned)
        {
            await archive.StoreAsync(planned.Plan, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Nothing at all is written.</summary>
    public async Task<PreviewOutcome> PreviewAsync(AskedRecovery asked, CancellationToken cancellationToken)
    {
        var stored = asked.Plan is { } named ? await archive.FindAsync(named.Value, cancellationToken) : null;
        if (asked.Plan is not null)
        {
            asked = AskedByPlan.Of(asked, stored, time.GetUtcNow());
        }

        if (asked.Kind == RecoveryKind.Resume)
        {
            asked = asked with
            {
                Faults = [.. asked.Faults, new(FaultCodes.ResumeNotPlanned,
                    "A resume moves nothing, so there is nothing to plan: what it starts and what it forgets is in its events. Ask for it with POST /v1/recoveries, without dryRun.")
                { Pointer = "/kind" }],
            };
        }

        var sight = await lookout.LookAsync(cancellationToken);
        var scope = AcceptanceChecks.Check(asked, sight);
        if (scope.Faults.Any(fault => fault.Code.Class != FaultClass.NotNow) || (asked.DryRun && scope.Faults.Count > 0))
        {
            return new PreviewOutcome.Refused(scope.Faults);
        }

        var request = scope.ToRequest(asked, options.Runner.MaxParallel);
        var toPlan = request.ToPlanRequest(request.Instances);
        var made = await maker.MakeAsync(
            sight.Cluster,
            cluster => DrawnPlan.From(stored?.Plan, cluster, toPlan, options.Planner),
            request.Route,
            cancellationToken);
        var past = await history.ReadAsync(cancellationToken);
        var now = sight.Cluster.At;
        return new PreviewOutcome.Planned(new PlanRow
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            ExpiresAt = now + archive.Keep,
            Request = request,
            WholeHosts = scope.LockHosts,
            Plan = made.Plan,
            Changes = made.Changes,
            Estimate = PlanTimes.Of(made.Plan.Moves, past, request.MaxParallel, options.Runner.MaxParallelPerTarget),
            Warnings =
            [
                .. scope.Faults.Select(fault => new PlanWarning(fault.Code.Name, fault.Message)),
                .. request.Hosts.Select(sight.Cluster.FindHost).OfType<Core.Inventory.Host>()
                    .Select(host => AcceptanceLiveness.Warning(host, request.EvenIfAlive, sight)).OfType<PlanWarning>(),
                .. PlanWarnings.Of(made, toPlan),
            ],
        });
    }
}

/// <summary>How a preview ended: closed.</summary>
public abstract record PreviewOutcome
{
    private PreviewOutcome()
    {
    }

    public sealed record Planned(PlanRow Plan) : PreviewOutcome;

    public sealed record Refused(IReadOnlyList<Fault> Faults) : PreviewOutcome;
}
