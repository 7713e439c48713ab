using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Has a step carried out by the inventory, once it is on record what that will write where others keep the cluster.</summary>
public sealed class InventoryStepSender(IInventorySteps inventory, RecoveryOptions options)
{
    /// <exception cref="InventoryUnreachableException">It may have happened: only sending it again tells.</exception>
    public async Task<StepReply> SendAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        var step = await ToStepAsync(claim, row, intent, cancellationToken);
        IReadOnlyList<string> words = intent.Details;
        if (intent.Writes.Length == 0)
        {
            var prepared = await inventory.PrepareAsync(step, cancellationToken);
            if (prepared.Refusal is { } refused)
            {
                return new StepReply(refused.Outcome, refused.Code, refused.Message, []);
            }

            words = prepared.Words;
            if (prepared.Writes.Length > 0)
            {
                await claim.WriteAsync(
                    async (context, token) =>
                    {
                        var entry = await context.Journal.SingleAsync(each => each.StepId == intent.StepId, token);
                        entry.Writes = prepared.Writes;
                        entry.Details = [.. words];
                    },
                    cancellationToken);
            }

            step = step with { Writes = prepared.Writes };
        }

        var answer = await inventory.CarryOutAsync(step, cancellationToken);
        return new StepReply(answer.Outcome, answer.Code, answer.Message, [.. words]);
    }

    private async Task<InventoryStep> ToStepAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        // The last try of each counts: one before it that failed has written nothing.
        var earlier = row.Route == RecoveryRoute.Plain
            ? []
            : await claim.QueryAsync(
                (context, token) => context.Journal.AsNoTracking()
                    .Where(entry => entry.RecoveryId == row.RecoveryId && entry.InstanceId == row.InstanceId
                        && entry.Attempt == row.Attempt && entry.StepId != intent.StepId && entry.Writes != "")
                    .OrderBy(entry => entry.Sequence)
                    .Select(entry => new { entry.Action, entry.Writes })
                    .ToListAsync(token),
                cancellationToken);
        return new InventoryStep
        {
            Recovery = row.RecoveryId,
            Instance = row.InstanceId,
            Name = row.Name,
            Source = row.Source,
            Target = intent.Host,
            Attempt = row.Attempt,
            Action = intent.Action,
            Intent = row.Intent,
            Route = row.Route,
            TimeLimit = StepTimes.Limit(intent.Action, row.Instance.Policy.Ready, TimeSpan.FromSeconds(options.Runner.StepSeconds)),
            Writes = intent.Writes,
            EarlierWrites = earlier.GroupBy(entry => entry.Action).ToDictionary(group => group.Key, group => group.Last().Writes),
        };
    }
}
