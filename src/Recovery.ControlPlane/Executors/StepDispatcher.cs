using Grpc.Core;
using Recovery.Core.Workflow;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>Sends steps over gRPC and reads what comes back.</summary>
public sealed class StepDispatcher(
    ExecutorChannels channels, StepCommandBuilder commands, TimeProvider time, ILogger<StepDispatcher> log) : IStepDispatcher
{
    // The executor keeps the step's deadline itself; ours only ends the waiting for one that no longer answers, so it
    // is a little later.
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    /// <exception cref="StaleEpochException">Somebody newer drives this recovery: give it up.</exception>
    public async Task<StepReply> RunAsync(
        StepDispatch step, Func<string, Task> onProgress, CancellationToken cancellationToken)
    {
        Proto.StepCommand command;
        try
        {
            command = await commands.BuildAsync(step, cancellationToken);
        }
        catch (ChapCredentialException missing)
        {
            return new StepReply(
                StepOutcome.FailedForGood, ProtoMapping.NameOf(Proto.ErrorCode.SecretMissing), missing.Message, []);
        }

        try
        {
            return await SendAsync(step, command, onProgress, cancellationToken);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException failure)
        {
            // Whatever the status says of this call, an earlier one with the same step id may have had its effect.
            throw Unknown(step, $"{failure.StatusCode}: {failure.Status.Detail}", failure);
        }
        catch (ObjectDisposedException failure)
        {
            throw Unknown(step, "its address is no longer registered", failure);
        }
    }

    private async Task<StepReply> SendAsync(
        StepDispatch step, Proto.StepCommand command, Func<string, Task> onProgress, CancellationToken cancellationToken)
    {
        var patience = time.GetUtcNow() + step.TimeLimit + AnswerGrace;
        var client = new Proto.Executor.ExecutorClient(channels.To(step.ExecutorAddress));
        using var call = client.Run(command, deadline: patience.UtcDateTime, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var said = call.ResponseStream.Current;
            switch (said.EventCase)
            {
                case Proto.StepEvent.EventOneofCase.Progress:
                    await onProgress(said.Progress.Message);
                    break;
                case Proto.StepEvent.EventOneofCase.Result:
                    return Read(step, said.Result);
                default:
                    log.LogDebug("{Host} sent an event of step {Step} that this version does not know", step.Host, step.StepId);
                    break;
            }
        }

        throw Unknown(step, "it ended the call without a result");
    }

    private static StepReply Read(StepDispatch step, Proto.StepResult result)
    {
        if (result.Succeeded)
        {
            return new StepReply(StepOutcome.Succeeded, "", result.Message, [.. result.Changes]);
        }

        switch (result.Code)
        {
            case Proto.ErrorCode.StaleEpoch:
                throw new StaleEpochException(
                    $"{step.Host} refuses epoch {step.Epoch} of recovery {step.RecoveryId}: {result.Message}");

            // Fresh from the step's end it says that time was up, not what happened; asked again the executor knows
            // better. What it then replays from its log is its last word, and asking for ever would change nothing.
            case Proto.ErrorCode.DeadlineExceeded when !result.Replayed:
                throw Unknown(step, result.Message);

            default:
                return new StepReply(
                    result.RetryCanHelp ? StepOutcome.FailedTransiently : StepOutcome.FailedForGood,
                    ProtoMapping.NameOf(result.Code),
                    result.Message,
                    [.. result.Refusals.Count > 0 ? result.Refusals : result.Changes]);
        }
    }

    private static ExecutorUnreachableException Unknown(StepDispatch step, string why, Exception? cause = null) =>
        new($"What became of {step.Action} of {step.Instance.Name} on {step.Host} is not known: the executor at "
            + $"{step.ExecutorAddress} did not tell ({why}). It is asked again; if this stays, look at that executor.", cause);
}

/// <summary>An executor has heard from a newer owner of this recovery: this one must stop driving it.</summary>
public sealed class StaleEpochException(string message) : Exception(message);
