using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Step 6: brings instances up in the plan's order, so many at a time in all and on each target. One that waits for
/// others begins when these have ended, also when they failed: it may well do without them, and it is missed.
/// </summary>
public sealed class InstancesStage(InstanceDrive drive, CloseStage close, RecoveryOptions options)
{
    public async Task RunAsync(Claim claim, RecoveryRow recovery, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Dictionary<Task, RecoveryInstanceRow>();
        try
        {
            while (true)
            {
                recovery = await claim.ReadAsync(ending.Token);
                if (recovery.Cancel is not null)
                {
                    await close.SkipWaitingAsync(claim, "The recovery was cancelled before its turn.", ending.Token);
                    recovery = await claim.ReadAsync(ending.Token);
                }

                var turns = new Turns(recovery);
                foreach (var row in Eligible(recovery, [.. running.Values], turns))
                {
                    await TellOfMissedAsync(claim, turns, row, ending.Token);
                    running.Add(drive.RunAsync(claim, row, ending.Token), row);
                }

                if (running.Count == 0)
                {
                    return;
                }

                var ended = await Task.WhenAny(running.Keys);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            // When one breaks off unexpectedly, none may go on behind the back of whoever claims this next.
            ending.Cancel();
            await Task.WhenAll(running.Keys)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private List<RecoveryInstanceRow> Eligible(
        RecoveryRow recovery, IReadOnlyCollection<RecoveryInstanceRow> running, Turns turns)
    {
        var busy = running.Select(row => row.InstanceId).ToHashSet();
        var perTarget = running.GroupBy(row => row.Target!).ToDictionary(group => group.Key, group => group.Count());
        var free = recovery.Limits.InAll - running.Count;
        var eligible = new List<RecoveryInstanceRow>();

        // What was begun before a crash comes first: it may hold something.
        foreach (var row in recovery.Instances
            .Where(row => !row.State.IsFinal() && row.Target is not null && !busy.Contains(row.InstanceId))
            .OrderBy(row => row.State == InstanceState.Waiting)
            .ThenBy(row => row.Position))
        {
            var onTarget = perTarget.GetValueOrDefault(row.Target!);
            if (free > 0 && onTarget < options.Runner.MaxParallelPerTarget && turns.HasCome(row))
            {
                perTarget[row.Target!] = onTarget + 1;
                free--;
                eligible.Add(row);
            }
        }

        return eligible;
    }

    // It is started all the same: a service that lacks another is worth more than none, and mends itself when the other
    // is back. But somebody should know.
    private static async Task TellOfMissedAsync(
        Claim claim, Turns turns, RecoveryInstanceRow row, CancellationToken cancellationToken)
    {
        foreach (var missed in turns.Missed(row))
        {
            await claim.TellAsync(
                claim.NewEvent(
                    EventTypes.Alarm,
                    $"{row.Name} waits for {missed.Name}, which is {StateNames.Of(missed.State)}; it is brought up all the same.",
                    row.InstanceId, row.Target, state: StateNames.Of(row.State)),
                cancellationToken);
        }
    }
}
