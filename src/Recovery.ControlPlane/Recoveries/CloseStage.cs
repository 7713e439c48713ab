using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Step 7: the outcome, the locks given back, the sources in quarantine.</summary>
public sealed class CloseStage
{
    public async Task RunAsync(Claim claim, CancellationToken cancellationToken, string? why = null)
    {
        var recovery = await claim.ReadAsync(cancellationToken);
        var states = recovery.Instances.Select(row => row.State).ToList();
        var outcome = States.Outcome(states, recovery.Cancel is not null);
        await claim.EnterAsync(
            outcome,
            why ?? Summary(states),
            cancellationToken,
            async (context, row) =>
            {
                row.FinishedAt = claim.Time.GetUtcNow();
                row.LeaseOwner = null;
                row.LeaseUntil = null;
                await context.Locks.Where(held => held.RecoveryId == row.Id).ExecuteDeleteAsync(cancellationToken);

                // Its host is free from here on: what runs there later was never meant, and must not be asked to end.
                await context.FenceOrders.Where(order => order.RecoveryId == row.Id).ExecuteDeleteAsync(cancellationToken);

                // What was taken away from a host must not be found running there again: it has to be looked at first.
                foreach (var host in row.Instances
                    .Where(each => each is { Task: InstanceTask.Move, State: InstanceState.Recovered })
                    .Select(each => each.Source)
                    .Distinct())
                {
                    await QuarantineAsync(claim, context, host, cancellationToken);
                }
            });
    }

    private static async Task QuarantineAsync(
        Claim claim, RecoveryDbContext context, string host, CancellationToken cancellationToken)
    {
        var now = claim.Time.GetUtcNow();
        var reason = $"Recovery {claim.RecoveryId} brought up elsewhere what ran on {host}. It takes no instance until it is back "
            + $"from a new start and nothing of that is left on it. If it never went off, ask for it: POST /v1/recoveries {{\"kind\":\"resume\",\"hosts\":[\"{host}\"]}}";
        var begun = await context.Hosts
            .Where(row => row.Name == host && !row.Quarantined)
            .ExecuteUpdateAsync(
                row => row.SetProperty(each => each.Quarantined, true)
                    .SetProperty(each => each.QuarantinedSince, now)
                    .SetProperty(each => each.QuarantineReason, reason),
                cancellationToken);
        if (begun == 1)
        {
            context.Audit.Add(new AuditRow
            {
                At = now,
                Who = AuditRow.System,
                Action = AuditActions.Quarantine,
                Host = host,
                RecoveryId = claim.RecoveryId,
                Details = reason,
            });
        }
    }

    /// <summary>What was not begun is skipped, and says why.</summary>
    public async Task SkipAsync(Claim claim, WorkflowAction.Skip skipped, CancellationToken cancellationToken) =>
        await claim.WriteAsync(
            async (context, token) =>
            {
                var named = skipped.Instances.ToList();
                var waiting = await context.RecoveryInstances
                    .Where(row => row.RecoveryId == claim.RecoveryId && row.State == InstanceState.Waiting && named.Contains(row.InstanceId))
                    .ToListAsync(token);
                foreach (var row in waiting)
                {
                    row.State = InstanceState.Skipped;
                    row.Reason = skipped.Why;
                    row.FinishedAt = claim.Time.GetUtcNow();
                    context.Events.Add(claim.NewEvent(
                        EventTypes.InstanceState, $"{row.Name} was skipped: {skipped.Why}", row.InstanceId,
                        state: StateNames.Of(InstanceState.Skipped)));
                }
            },
            cancellationToken);

    private static string Summary(List<InstanceState> states)
    {
        if (states.Count == 0)
        {
            return PlanStage.NothingThere;
        }

        var recovered = states.Count(state => state == InstanceState.Recovered);
        var rest = states
            .Where(state => state != InstanceState.Recovered)
            .GroupBy(state => state)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {Word(group.Key)}");
        return string.Join(", ", rest.Prepend($"{recovered} of {states.Count} recovered")) + ".";
    }

    private static string Word(InstanceState state) => state switch
    {
        InstanceState.FailedUnclean => "failed and left something behind",
        _ => state.ToString().ToLowerInvariant(),
    };
}
