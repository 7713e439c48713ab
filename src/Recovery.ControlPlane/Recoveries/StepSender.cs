using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Sends a step until its outcome is known. An executor that does not answer may have done it, so a silent target is
/// neither success nor failure; only its own word, or a proof that the target is off, ends the wait.
/// </summary>
public sealed class StepSender(IStepDispatcher dispatcher, FenceProofs proofs, RecoveryOptions options)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public async Task<StepReply> SendAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var said = "";
        while (true)
        {
            if (await DispatchAsync(claim, row, intent, cancellationToken) is { } dispatch)
            {
                try
                {
                    return await dispatcher.RunAsync(
                        dispatch,
                        message => claim.TellAsync(
                            claim.NewEvent(EventTypes.Progress, $"{row.Name}: {message}", row.InstanceId, intent.Host, intent.Action),
                            cancellationToken),
                        cancellationToken);
                }
                catch (ExecutorUnreachableException unreachable)
                {
                    said = await SayOnceAsync(claim, row, intent, unreachable.Message, said, cancellationToken);
                }
            }
            else
            {
                said = await SayOnceAsync(
                    claim, row, intent, $"{intent.Host} is not registered any more.", said, cancellationToken);
            }

            // A target that is proven off runs nothing: what was begun there is neither done nor in the way.
            if (await proofs.ValidAsync(intent.Host, cancellationToken) is { } proof)
            {
                return InstanceSteps.IsPuttingBack(intent.Action)
                    ? new StepReply(StepOutcome.Succeeded, "", $"{intent.Host} is proven off: {proof.Evidence}", [])
                    : new StepReply(
                        StepOutcome.FailedForGood, "TARGET_OFF", $"{intent.Host} was lost meanwhile: {proof.Evidence}", []);
            }

            // What is resumed or forgotten belongs to no other host because of it: whoever evacuates the host later fences it
            // first. So nobody has to wait here until a host that went off once more is proven off.
            if (row.Task != InstanceTask.Move && proofs.IsLost(intent.Host))
            {
                return new StepReply(
                    StepOutcome.FailedForGood, "HOST_SILENT", $"{intent.Host} fell silent again before it said what became of this.", []);
            }

            await Task.Delay(wait, claim.Time, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task<StepDispatch?> DispatchAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        var address = await claim.QueryAsync(
            (context, token) => context.Hosts.AsNoTracking()
                .Where(host => host.Name == intent.Host)
                .Select(host => host.Executor)
                .SingleOrDefaultAsync(token),
            cancellationToken);
        return address is null
            ? null
            : new StepDispatch
            {
                StepId = intent.StepId,
                RecoveryId = claim.RecoveryId,
                Epoch = claim.Epoch,
                Host = intent.Host,
                ExecutorAddress = address,
                Action = intent.Action,
                TimeLimit = TimeSpan.FromSeconds(options.Runner.StepSeconds),
                Instance = row.Instance,
                Definition = row.Definition,
                SourceStorages = row.SourceStorages,
                SourceCpuModel = row.SourceCpuModel,
            };
    }

    private static async Task<string> SayOnceAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, string what, string said, CancellationToken cancellationToken)
    {
        if (what != said)
        {
            await claim.TellAsync(
                claim.NewEvent(
                    EventTypes.Progress,
                    $"{row.Name}: what became of this step is unknown, it is sent again until {intent.Host} says: {what}",
                    row.InstanceId, intent.Host, intent.Action),
                cancellationToken);
        }

        return what;
    }
}
