using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// What can be asked of a recovery that is live. It is only written down here: the runner obeys it. Everything answers
/// with what stands against it, empty when it is as asked; asking twice is asking once.
/// </summary>
public sealed class OperatorControl(OperatorDesk desk)
{
    /// <summary>Running steps finish, nothing new starts.</summary>
    public Task<IReadOnlyList<Fault>> PauseAsync(Guid id, OperatorWord by, CancellationToken cancellationToken) => SteerAsync(
        id, by, AuditActions.Pause, was => was.Pause(),
        "Paused: steps that run are finished, nothing new starts until it is continued.",
        "It has to end, so it can't be paused; nothing new is begun anyway. To end what is under way sooner, cancel it again with \"underWay\":\"putBack\".",
        cancellationToken);

    public Task<IReadOnlyList<Fault>> ContinueAsync(Guid id, OperatorWord by, CancellationToken cancellationToken) => SteerAsync(
        id, by, AuditActions.Continue, was => was.Continue(), "It goes on.", "", cancellationToken);

    /// <summary>Nothing more is begun; what is under way is finished or put back. A pause ends.</summary>
    /// <param name="id">The recovery.</param>
    /// <param name="underWay">Null: as it was asked before, or else finished.</param>
    /// <param name="by">Who, and why.</param>
    /// <param name="cancellationToken">Nothing is written after it is cancelled.</param>
    public Task<IReadOnlyList<Fault>> CancelAsync(
        Guid id, CancelMode? underWay, OperatorWord by, CancellationToken cancellationToken) => SteerAsync(
        id, by, AuditActions.Cancel, was => was.End(underWay),
        underWay is CancelMode.PutBack
            ? "Cancel requested: instances under way are put back, no other is begun."
            : "Cancel requested: instances under way are finished, no other is begun.",
        "What is under way is being put back already and can't be finished after all. Wait until it has ended, then retry the instances that shall come up.",
        cancellationToken);

    public Task<IReadOnlyList<Fault>> LimitAsync(
        Guid id, LimitsWish wish, OperatorWord by, CancellationToken cancellationToken) => SteerAsync(
        id, by, AuditActions.Limits, was => was.Limit(wish), "Limits changed; what is under way is not disturbed.", "", cancellationToken);

    /// <summary>Leaves one instance alone that was not begun yet.</summary>
    public Task<IReadOnlyList<Fault>> SkipAsync(
        Guid id, Guid instance, OperatorWord by, CancellationToken cancellationToken) =>
        desk.StepInAsync(id, by, (database, recovery, token) => SkipAsync(database, recovery, instance, token), cancellationToken);

    private Task<IReadOnlyList<Fault>> SteerAsync(
        Guid id,
        OperatorWord by,
        string action,
        Func<Steering, Steering?> wish,
        string message,
        string whyNot,
        CancellationToken cancellationToken) => desk.StepInAsync(
        id,
        by,
        async (database, recovery, token) =>
        {
            if (recovery.State.IsFinal())
            {
                return new Intervention.Refused(RecoveryFaults.Ended(recovery));
            }

            var was = Steering.Of(recovery);
            if (wish(was) is not { } wanted)
            {
                return new Intervention.Refused(new Fault(FaultCodes.RecoveryEnding, $"Recovery {id} is being cancelled. {whyNot}")
                { Parameter = "id", Recovery = id });
            }

            if (wanted == was)
            {
                return new Intervention.Already();
            }

            var changed = await database.Recoveries
                .Where(row => row.Id == id && !States.Final.Contains(row.State)
                    && row.Paused == was.Paused && row.Cancel == was.Cancel && row.Limits == was.Limits)
                .ExecuteUpdateAsync(
                    row => row.SetProperty(each => each.Paused, wanted.Paused)
                        .SetProperty(each => each.Cancel, wanted.Cancel)
                        .SetProperty(each => each.Limits, wanted.Limits),
                    token);
            var details = was.ChangesTo(wanted);
            return changed == 1
                ? new Intervention.Done(action, StateNames.Of(recovery.State), action == AuditActions.Limits ? $"{message} {details}." : message, details)
                : new Intervention.Missed();
        },
        cancellationToken);

    private static async Task<Intervention> SkipAsync(
        RecoveryDbContext database, RecoveryRow recovery, Guid instance, CancellationToken cancellationToken)
    {
        var row = await database.RecoveryInstances.AsNoTracking().SingleOrDefaultAsync(
            each => each.RecoveryId == recovery.Id && each.InstanceId == instance, cancellationToken);
        if (row is null)
        {
            return new Intervention.Refused(RecoveryFaults.NoSuchInstance(recovery.Id, instance.ToString()));
        }

        if (recovery.State.IsFinal())
        {
            return new Intervention.Refused(RecoveryFaults.Ended(recovery));
        }

        if (row.SkipRequested || row.State == InstanceState.Skipped)
        {
            return new Intervention.Already();
        }

        if (row.State != InstanceState.Waiting)
        {
            return new Intervention.Refused(new Fault(FaultCodes.InstanceBegun, WhyNotSkip(row))
            { Parameter = "instance", Recovery = recovery.Id });
        }

        // The runner begins it where nobody has asked to skip it; so only one of the two happens.
        var changed = await database.RecoveryInstances
            .Where(each => each.RecoveryId == recovery.Id && each.InstanceId == instance
                && each.State == InstanceState.Waiting && each.Attempt == row.Attempt && !each.SkipRequested)
            .ExecuteUpdateAsync(each => each.SetProperty(its => its.SkipRequested, true), cancellationToken);
        return changed == 1
            ? new Intervention.Done(
                AuditActions.Skip, StateNames.Of(row.State), $"{row.Name} is left alone: it will not be begun.", $"{row.Name} of {row.Source}", instance)
            : new Intervention.Missed();
    }

    private static string WhyNotSkip(RecoveryInstanceRow row) => row.State switch
    {
        InstanceState.Recovering =>
            $"{row.Name} is recovering on {row.Target} already, so it can't be skipped any more. Let it end, or cancel the recovery with \"underWay\":\"putBack\" to have all that is under way put back.",
        InstanceState.PuttingBack =>
            $"{row.Name} is being put back on {row.Target} already. Wait until it has ended; nothing of it will be left there.",
        InstanceState.AwaitingReadiness =>
            $"{row.Name} runs on {row.Target} already and belongs to it; only what waits for it waits until it answers. Skip what waits for it, if that shall not come up.",
        InstanceState.Recovered => $"{row.Name} is recovered already: it is on {row.Target}.",
        _ => $"{row.Name} has ended already: {StateNames.Of(row.State)}. Nothing more is done for it unless somebody retries it.",
    };
}
