using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Returns;

/// <summary>
/// Writes down how far a host that is back is in order: its quarantine ends when nothing of others is left on it, and
/// its boot is settled when nothing is left to be done. Compare and set: a host that went off again meanwhile is neither.
/// Before either, whoever keeps the cluster has to take the host back.
/// </summary>
public sealed class ReturnLedger(
    IInventory inventory, ReturnSight sight, IDbContextFactory<RecoveryDbContext> contexts, TimeProvider time)
{
    /// <summary>After a resume has done what it could.</summary>
    public async Task SettleAsync(Claim claim, RecoveryRow recovery, CancellationToken cancellationToken)
    {
        var forgotten = recovery.Instances
            .Where(row => row is { Task: InstanceTask.Forget, State: InstanceState.Recovered })
            .ToList();
        await claim.WriteAsync(
            async (context, token) =>
            {
                foreach (var row in forgotten)
                {
                    // Its executor said so; its own report may still be on its way.
                    await context.Domains
                        .Where(domain => domain.Host == row.Source && domain.Uuid == row.InstanceId)
                        .ExecuteDeleteAsync(token);
                }
            },
            cancellationToken);
        foreach (var name in recovery.Request.Hosts)
        {
            var seen = await FindAsync(name, cancellationToken);
            if (seen is null)
            {
                continue;
            }

            ReturnPlan plan;
            try
            {
                plan = (await sight.LookAsync(name, recovery.Id, recovery.Request.OnlyAutostart, cancellationToken)).Plan;
            }
            catch (InventoryUnreachableException unreachable)
            {
                // A resume ends all the same; the watch on hosts that are back goes on looking.
                await claim.TellAsync(
                    claim.NewEvent(EventTypes.Alarm, $"Whether {name} is in order can't be told: {unreachable.Message}", host: name),
                    cancellationToken);
                continue;
            }

            var away = await WhyAwayAsync(name, plan, cancellationToken);
            var failed = recovery.Instances
                .Where(row => row.Source == name && row.Task == InstanceTask.Forget && row.State != InstanceState.Recovered)
                .Select(row => $"The stale copy of {row.Name} is still there: {row.Reason}")
                .ToList();
            await claim.WriteAsync(
                async (context, token) =>
                {
                    foreach (var (type, sentence) in await WriteAsync(context, seen, plan, failed, away, recovery.Id, givenUp: false, token))
                    {
                        context.Events.Add(claim.NewEvent(type, sentence, host: name));
                    }
                },
                cancellationToken);
        }
    }

    /// <summary>Without a recovery: there was nothing to carry out, or it is not tried any more.</summary>
    /// <returns>What changed, for humans.</returns>
    public async Task<IReadOnlyList<string>> SettleAsync(
        HostRow seen, ReturnPlan plan, bool givenUp, CancellationToken cancellationToken)
    {
        var away = await WhyAwayAsync(seen.Name, plan, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var written = await WriteAsync(context, seen, plan, [], away, null, givenUp, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. written.Select(each => each.Sentence)];
    }

    private async Task<HostRow?> FindAsync(string host, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.Name == host, cancellationToken);
    }

    // Why whoever keeps the cluster does not take it back yet; null: it does. Asked only when nothing of others is left on it.
    private async Task<string?> WhyAwayAsync(string host, ReturnPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return plan.IsClean ? await inventory.ReadmitAsync(host, cancellationToken) : null;
        }
        catch (InventoryUnreachableException unreachable)
        {
            return unreachable.Message;
        }
    }

    private async Task<List<(string Type, string Sentence)>> WriteAsync(
        RecoveryDbContext context,
        HostRow seen,
        ReturnPlan plan,
        IReadOnlyList<string> failed,
        string? away,
        Guid? recovery,
        bool givenUp,
        CancellationToken cancellationToken)
    {
        var written = new List<(string, string)>();
        var host = context.Hosts.Where(row => row.Name == seen.Name && row.Boot == seen.Boot
            && row.Quarantined == seen.Quarantined && row.QuarantinedSince == seen.QuarantinedSince);
        if (seen.Quarantined && plan.IsClean && away is null)
        {
            var ended = await host.ExecuteUpdateAsync(
                row => row.SetProperty(each => each.Quarantined, false)
                    .SetProperty(each => each.QuarantinedSince, (DateTimeOffset?)null)
                    .SetProperty(each => each.QuarantineReason, ""),
                cancellationToken);
            if (ended == 1)
            {
                var sentence = $"The quarantine of {seen.Name} is over: it is back, and nothing of what was recovered elsewhere is left on it. It takes instances again.";
                Audit(context, AuditActions.EndQuarantine, seen.Name, recovery, sentence);
                written.Add((EventTypes.RecoveryState, sentence));
            }
        }
        else if (seen.Quarantined)
        {
            var reason = StillQuarantined(seen.Name, plan, failed, away, givenUp);
            if (reason != seen.QuarantineReason
                && await host.ExecuteUpdateAsync(row => row.SetProperty(each => each.QuarantineReason, reason), cancellationToken) == 1)
            {
                written.Add((EventTypes.Alarm, reason));
            }
        }

        // It never went off, an operator asked, and the rest is Nova's: from now on it is looked after like one that did.
        if (seen.Quarantined && seen.Boot == seen.SettledBoot && (plan.WaitsForNova || away is not null))
        {
            await context.Hosts.Where(row => row.Name == seen.Name && row.Boot == seen.Boot)
                .ExecuteUpdateAsync(row => row.SetProperty(each => each.SettledBoot, ""), cancellationToken);
        }

        if (seen.Boot != seen.SettledBoot && away is null && (plan.IsSettled || (givenUp && plan.IsClean))
            && await context.Hosts.Where(row => row.Name == seen.Name && row.Boot == seen.Boot)
                .ExecuteUpdateAsync(row => row.SetProperty(each => each.SettledBoot, seen.Boot), cancellationToken) == 1)
        {
            var left = plan.Verdicts
                .Where(verdict => verdict.Action is ReturnAction.LeaveOff or ReturnAction.Resume)
                .Select(verdict => verdict.Domain.Name)
                .ToList();
            if (left.Count > 0)
            {
                var sentence = $"{seen.Name} is back; {string.Join(", ", left)} ran on it before and {(left.Count == 1 ? "is" : "are")} left off. {ResumeByHand(seen.Name)}";
                Audit(context, AuditActions.LeaveOff, seen.Name, recovery, sentence);
                written.Add((EventTypes.Plan, sentence));
            }
        }

        return written;
    }

    private static string StillQuarantined(
        string host, ReturnPlan plan, IReadOnlyList<string> failed, string? away, bool givenUp)
    {
        IEnumerable<string> reasons = away is not null ? [away]
            : failed.Count > 0 ? failed
            : plan.Verdicts
                .Where(verdict => verdict.Domain.BelongsTo != host)
                .Where(verdict => verdict.Action is ReturnAction.Conflict or ReturnAction.Wait or ReturnAction.Forget)
                .Select(verdict => verdict.Why.Length > 0 ? verdict.Why : $"The stale copy of {verdict.Domain.Name} is still there.");
        return $"{host} is back and stays in quarantine. {string.Join(" ", reasons)} "
            + (away is not null || plan.WaitsForNova ? "It is looked at again every few seconds."
                : givenUp ? $"It is not tried again by itself. {ResumeByHand(host)}" : "It is tried again by itself, later and later.");
    }

    private static string ResumeByHand(string host) =>
        $"To do it: POST /v1/recoveries {{\"kind\":\"resume\",\"hosts\":[\"{host}\"]}}";

    private void Audit(RecoveryDbContext context, string action, string host, Guid? recovery, string details) =>
        context.Audit.Add(new AuditRow
        {
            At = time.GetUtcNow(),
            Who = AuditRow.System,
            Action = action,
            Host = host,
            RecoveryId = recovery,
            Details = details,
        });
}
