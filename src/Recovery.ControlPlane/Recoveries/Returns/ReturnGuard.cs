using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Returns;

/// <summary>
/// The last look before a guest is started where it is, or a stale copy is undefined: does it still belong where it
/// belonged, and is it active nowhere else? Between planning and this, a minute may have passed.
/// </summary>
public sealed class ReturnGuard(ReturnSight sight)
{
    /// <summary>Null when nothing stands against the step; else its failure.</summary>
    public async Task<StepReply?> WhyNotAsync(Claim claim, RecoveryInstanceRow row, CancellationToken cancellationToken)
    {
        var view = await sight.LookAsync(row.Source, claim.RecoveryId, onlyAutostart: false, cancellationToken);
        var verdict = view.Plan.Verdicts.FirstOrDefault(each => each.Domain.Id == row.InstanceId);
        return row.Task == InstanceTask.Forget ? WhyNotForget(row, verdict) : WhyNotStart(row, verdict);
    }

    private static StepReply? WhyNotStart(RecoveryInstanceRow row, ReturnVerdict? verdict)
    {
        if (verdict is null)
        {
            return Refused("NOT_HERE", $"It was not started: {row.Source} has no domain of it any more.");
        }

        if (verdict.Domain.BelongsTo != row.Source)
        {
            return Refused(
                "NOT_HERE", $"It was not started: it belongs to {verdict.Domain.BelongsTo ?? "no host"} now, not to {row.Source}.");
        }

        return verdict.Action == ReturnAction.Wait ? Refused("MAY_RUN_ELSEWHERE", verdict.Why) : null;
    }

    // A copy that is gone is forgotten already: the executor says so.
    private static StepReply? WhyNotForget(RecoveryInstanceRow row, ReturnVerdict? verdict) => verdict?.Action switch
    {
        null or ReturnAction.Forget => null,
        _ when verdict.Domain.BelongsTo == row.Source =>
            Refused("BELONGS_HERE", $"It was not undefined: it belongs to {row.Source} again."),
        _ => Refused("NOT_STALE", verdict.Why.Length > 0 ? verdict.Why : "It was not undefined: no host has another definition of it."),
    };

    private static StepReply Refused(string code, string why) => new(StepOutcome.FailedForGood, code, why, []);
}
