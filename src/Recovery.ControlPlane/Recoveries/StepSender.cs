using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Sends a step to the executor of its host, once, with all that this has to know.</summary>
public sealed class StepSender(IStepDispatcher dispatcher, RecoveryOptions options)
{
    /// <exception cref="ExecutorUnreachableException">
    /// Nobody answered, or nobody is there to be asked. It may have happened: a silent target is neither success nor failure.
    /// </exception>
    public async Task<StepReply> SendAsync(
        Claim claim, RecoveryInstanceRow row, JournalRow intent, CancellationToken cancellationToken)
    {
        var address = await claim.QueryAsync(
            (context, token) => context.Hosts.AsNoTracking()
                .Where(host => host.Name == intent.Host)
                .Select(host => host.Executor)
                .SingleOrDefaultAsync(token),
            cancellationToken)
            ?? throw new ExecutorUnreachableException($"{intent.Host} is not registered any more.");
        return await dispatcher.RunAsync(
            new StepDispatch
            {
                StepId = intent.StepId,
                RecoveryId = claim.RecoveryId,
                Epoch = claim.Epoch,
                Host = intent.Host,
                ExecutorAddress = address,
                Action = intent.Action,
                TimeLimit = StepTimes.Limit(
                    intent.Action, row.Instance.Policy.Ready, TimeSpan.FromSeconds(options.Runner.StepSeconds)),
                Instance = row.Instance,
                Definition = row.Definition,
                SourceStorages = row.SourceStorages,
                SourceCpuModel = row.SourceCpuModel,
            },
            message => claim.TellAsync(
                claim.NewEvent(EventTypes.Progress, $"{row.Name}: {message}", row.InstanceId, intent.Host, intent.Action),
                cancellationToken),
            cancellationToken);
    }
}
