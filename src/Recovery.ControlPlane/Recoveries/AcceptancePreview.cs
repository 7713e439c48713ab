using System.Globalization;
using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Plans a request and changes nothing. What only stands against it now, such as a host that is still alive, is a
/// warning here: looking ahead is what a preview is for.
/// </summary>
public sealed class AcceptancePreview(AcceptanceLookout lookout, IInventory inventory, PlannerOptions planner)
{
    /// <summary>Definitions older than this are worth a second look before they are trusted.</summary>
    public static readonly TimeSpan OldDefinition = TimeSpan.FromHours(1);

    public async Task<PreviewOutcome> PreviewAsync(AskedRecovery asked, CancellationToken cancellationToken)
    {
        var sight = await lookout.LookAsync(cancellationToken);
        var scope = AcceptanceChecks.Check(asked, sight);
        if (scope.Faults.Any(fault => fault.Code.Class != FaultClass.NotNow) || (asked.DryRun && scope.Faults.Count > 0))
        {
            return new PreviewOutcome.Refused(scope.Faults);
        }

        var plan = Planner.Plan(sight.Cluster, scope.ToPlanRequest(asked), planner);
        var warnings = scope.Faults.Select(fault => new PlanWarning(fault.Code.Name, fault.Message))
            .Concat(Targets(asked, sight))
            .Concat(await DefinitionsAsync(plan, sight, cancellationToken));
        return new PreviewOutcome.Planned(sight.Cluster.At, scope.Hosts, plan, [.. warnings]);
    }

    private static IEnumerable<PlanWarning> Targets(AskedRecovery asked, AcceptanceSight sight)
    {
        foreach (var target in asked.Targets.Select(target => sight.Cluster.FindHost(target.Value)).OfType<Host>())
        {
            var why = target switch
            {
                { Liveness: HostLiveness.Silent } => "its executor is silent",
                { Liveness: HostLiveness.NeverSeen } => "its executor was never seen",
                { Liveness: HostLiveness.LibvirtDown } => "its libvirt does not answer",
                { Maintenance: true } => "it is in maintenance",
                { Quarantined: true } => "it is quarantined",
                _ => null,
            };
            if (why is not null)
            {
                yield return new("target-not-available", $"{target.Name} is among the targets and takes nothing now: {why}.")
                {
                    Host = target.Name,
                };
            }
        }
    }

    private async Task<IReadOnlyList<PlanWarning>> DefinitionsAsync(
        Plan plan, AcceptanceSight sight, CancellationToken cancellationToken)
    {
        var kept = await inventory.DefinitionsAsync([.. plan.Moves.Select(move => move.Instance)], cancellationToken);
        var warnings = new List<PlanWarning>();
        foreach (var move in plan.Moves)
        {
            if (!kept.TryGetValue(move.Instance, out var definition))
            {
                warnings.Add(new("no-definition", $"No definition of {move.Name} is kept, so it can't be brought up. Define it on a target by hand.")
                {
                    Host = move.Source,
                    Instance = move.Instance,
                });
            }
            else if (sight.Cluster.At - definition.ReportedAt > OldDefinition)
            {
                var hours = (sight.Cluster.At - definition.ReportedAt).TotalHours.ToString("0.#", CultureInfo.InvariantCulture);
                warnings.Add(new("old-definition", $"The definition of {move.Name} was reported {hours} h ago. What was changed on {move.Source} since then is not in it.")
                {
                    Host = move.Source,
                    Instance = move.Instance,
                });
            }
        }

        return warnings;
    }
}

/// <summary>Something to know before the plan is trusted.</summary>
/// <param name="Code">Stable, for tools.</param>
/// <param name="Message">For a human.</param>
public sealed record PlanWarning(string Code, string Message)
{
    public string? Host { get; init; }

    public Guid? Instance { get; init; }
}

/// <summary>How a preview ended: closed.</summary>
public abstract record PreviewOutcome
{
    private PreviewOutcome()
    {
    }

    public sealed record Planned(
        DateTimeOffset At, IReadOnlyList<string> Hosts, Plan Plan, IReadOnlyList<PlanWarning> Warnings) : PreviewOutcome;

    public sealed record Refused(IReadOnlyList<Fault> Faults) : PreviewOutcome;
}
