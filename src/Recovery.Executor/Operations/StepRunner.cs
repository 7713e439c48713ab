using System.Runtime.CompilerServices;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>
/// Carries out commands, each step id once: journal before effect, a repeat gets the recorded result or joins the
/// step that still runs, and an older epoch is refused. A step lives on when its caller goes away.
/// </summary>
internal sealed class StepRunner(OperationLog log, LibvirtSession libvirt, IEnumerable<IStep> steps, TimeProvider time, ILogger<StepRunner> logger)
{
    // A step that obeys its deadline gets this long to say so in its own words.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    // libvirtd restarts within seconds, and steps are idempotent: they ride it out.
    private static readonly TimeSpan PatienceWithLibvirt = TimeSpan.FromSeconds(15);

    // Timers have an end.
    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(1);

    private readonly OperationLog log = log;
    private readonly TimeProvider time = time;
    private readonly Dictionary<StepCommand.ActionOneofCase, IStep> steps = steps.ToDictionary(step => step.Action);
    private readonly Dictionary<string, RunningStep> running = new(StringComparer.Ordinal);
    private readonly InstanceTurns turns = new();
    private readonly Lock gate = new();

    /// <summary>Progress as it happens, then one result. Cancelling ends the watching, never the step.</summary>
    public async IAsyncEnumerable<StepEvent> Run(StepCommand command, [EnumeratorCancellation] CancellationToken watching)
    {
        var (refused, step) = Accept(command);
        if (refused is not null)
        {
            yield return Event(refused);
            yield break;
        }
        var progress = step!.Watch();
        using var patience = new CancellationTokenSource(Limit(command) + Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, watching);
        while (await MoreProgress(progress, either.Token, watching))
        {
            while (progress.TryRead(out var message))
                yield return new StepEvent { At = Now(), Progress = new StepProgress { Message = message } };
        }
        yield return Event(step.Completion.IsCompletedSuccessfully ? await step.Completion : StillRunning(command));
    }

    /// <summary>Waits until no step runs, for an orderly end of the executor.</summary>
    public Task Settled()
    {
        lock (gate) return Task.WhenAll(running.Values.Select(step => step.Completion));
    }

    /// <summary>Logs that this host is about to end its guests for a recovery.</summary>
    /// <returns>The names of all guests that were ended for it so far, those included.</returns>
    /// <exception cref="StepFailure">The order is of an outdated driver, or was withdrawn.</exception>
    /// <exception cref="IOException">The log can't be written; nothing may be done.</exception>
    public IReadOnlyCollection<string> BeginFence(string recovery, ulong epoch, IReadOnlyList<string> guests)
    {
        lock (gate)
        {
            RefuseOutdated(recovery, epoch);
            if (epoch <= log.Fence(recovery).WithdrawnUpTo)
                throw new StepFailure(ErrorCode.InvalidCommand, $"the order to end this host's guests for recovery {recovery} was withdrawn before it arrived; nothing was done");
            log.Append(new FenceBegun(time.GetUtcNow(), recovery, epoch, guests));
            return log.Fence(recovery).Guests;
        }
    }

    /// <summary>Whether an order to end this host's guests arrived; one that did not is withdrawn.</summary>
    /// <exception cref="StepFailure">The question is of an outdated driver.</exception>
    /// <exception cref="IOException">The log can't be written; it is not withdrawn.</exception>
    public FenceStory AskForFence(string recovery, ulong epoch)
    {
        lock (gate)
        {
            RefuseOutdated(recovery, epoch);
            var story = log.Fence(recovery);
            if (!story.Begun && story.WithdrawnUpTo < epoch) log.Append(new FenceWithdrawn(time.GetUtcNow(), recovery, epoch));
            return story;
        }
    }

    /// <exception cref="IOException">The log can't be written.</exception>
    public void EndFence(string recovery, bool confirmed, string message)
    {
        lock (gate) log.Append(new FenceEnded(time.GetUtcNow(), recovery, confirmed, message));
    }

    private void RefuseOutdated(string recovery, ulong epoch)
    {
        if (epoch >= log.Epoch(recovery)) return;
        logger.LogWarning("an order to fence this host refused: {Reason}", Stale(recovery, log.Epoch(recovery), epoch));
        throw new StepFailure(ErrorCode.StaleEpoch, Stale(recovery, log.Epoch(recovery), epoch));
    }

    private static string Stale(string recovery, ulong newest, ulong epoch) =>
        $"Recovery {recovery} is driven with epoch {newest} by now; this command has {epoch}. Another replica took over.";

    private static async Task<bool> MoreProgress(System.Threading.Channels.ChannelReader<string> progress, CancellationToken either, CancellationToken watching)
    {
        try
        {
            return await progress.WaitToReadAsync(either);
        }
        catch (OperationCanceledException) when (!watching.IsCancellationRequested)
        {
            return false;
        }
    }

    // Either an answer at once, or the step to follow.
    private (StepResult? Answer, RunningStep? Step) Accept(StepCommand command)
    {
        if (Commands.Faults(command) is { Count: > 0 } faults)
            return (Failed(ErrorCode.InvalidCommand, $"The command is malformed: {string.Join("; ", faults)}."), null);
        lock (gate)
        {
            try
            {
                return AcceptValid(command);
            }
            catch (IOException fault)
            {
                logger.LogError(fault, "the operation log can't be written");
                return (Failed(ErrorCode.Internal,
                    $"The operation log of this host can't be written ({fault.Message}), so nothing was done; check the disk of the state directory.",
                    retryCanHelp: true), null);
            }
        }
    }

    private (StepResult? Answer, RunningStep? Step) AcceptValid(StepCommand command)
    {
        var newest = log.Epoch(command.Recovery);
        if (command.Epoch < newest)
        {
            logger.LogWarning("{Step} refused: {Reason}", Describe(command), Stale(command.Recovery, newest, command.Epoch));
            return (Failed(ErrorCode.StaleEpoch, Stale(command.Recovery, newest, command.Epoch)), null);
        }
        var fingerprint = Commands.Fingerprint(command);
        if (log.Intent(command.StepId) is { } intent)
        {
            if (intent.Fingerprint != fingerprint)
                return (Failed(ErrorCode.StepIdReused,
                    $"Step id {command.StepId} belongs to another command ({intent.Action} of instance {intent.Instance}, {intent.At:u}). Use a new one."), null);
            if (command.Epoch > newest) log.Append(new EpochSeen(time.GetUtcNow(), command.Recovery, command.Epoch));
            if (log.Outcome(command.StepId) is { } outcome) return (Replayed(outcome), null);
            if (running.TryGetValue(command.StepId, out var step)) return (null, step);
        }
        if (Limit(command) <= TimeSpan.Zero) return (Overdue($"{Describe(command)} came with no time left; nothing was done."), null);
        if (log.Intent(command.StepId) is null)
            log.Append(new Intent(time.GetUtcNow(), command.StepId, command.Recovery, command.Epoch, command.Instance, Commands.Name(command), fingerprint));
        return (null, Begin(command));
    }

    private RunningStep Begin(StepCommand command)
    {
        var step = running[command.StepId] = new RunningStep();
        _ = Task.Run(async () =>
        {
            var result = await Outcome(command, step);
            lock (gate)
            {
                Record(command, result);
                running.Remove(command.StepId);
            }
            step.Finish(result);
        });
        return step;
    }

    private async Task<StepResult> Outcome(StepCommand command, RunningStep step)
    {
        using var deadline = new CancellationTokenSource(Limit(command), time);
        try
        {
            using var turn = steps[command.ActionCase].TakesTurn ? await turns.Take(command.Instance, deadline.Token) : null;
            var success = await CarryOut(command, step, deadline.Token);
            logger.LogInformation("{Step}: {Message}", Describe(command), success.Message);
            return new StepResult { Succeeded = true, Message = success.Message, Changes = { success.Changes } };
        }
        catch (StepFailure failure)
        {
            logger.LogWarning("{Step} failed ({Code}): {Message}", Describe(command), failure.Code, failure.Message);
            return Failed(failure.Code, failure.Message, failure.RetryCanHelp, failure.Refusals);
        }
        catch (LibvirtUnavailableException unavailable)
        {
            return Failed(ErrorCode.LibvirtUnavailable,
                $"{Describe(command)}: {unavailable.Message}. It is not known how much of it took effect; check libvirtd on this host, then try again.",
                retryCanHelp: true);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Overdue($"The deadline of {Describe(command)} passed before it was done.");
        }
#pragma warning disable CA1031 // Whatever goes wrong, the step must get its outcome: a caller waits for it.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            logger.LogError(unexpected, "{Step} failed unexpectedly", Describe(command));
            return Failed(ErrorCode.Internal,
                $"{Describe(command)} failed unexpectedly ({unexpected.GetType().Name}: {unexpected.Message}); see the executor's log on this host.");
        }
    }

    private async Task<StepSuccess> CarryOut(StepCommand command, RunningStep step, CancellationToken deadline)
    {
        var context = new StepContext(command, libvirt, step.Report, new Claims(this, command));
        using var patience = new CancellationTokenSource(PatienceWithLibvirt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline);
        while (true)
        {
            try
            {
                return await steps[command.ActionCase].CarryOut(context, deadline);
            }
            catch (LibvirtUnavailableException unavailable) when (!either.IsCancellationRequested)
            {
                step.Report($"{unavailable.Message}; waiting for libvirt to come back");
                await libvirt.Reconnected(context.LastConnection, either.Token)
                    .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                if (either.IsCancellationRequested) throw;
            }
        }
    }

    private void Record(StepCommand command, StepResult result)
    {
        var outcome = new Outcome(
            time.GetUtcNow(), command.StepId, result.Succeeded, (int)result.Code, result.Message, result.RetryCanHelp, [.. result.Changes], [.. result.Refusals]);
        try
        {
            log.Append(outcome);
        }
        catch (IOException fault)
        {
            // The effect is there; a restart would find the intent alone and carry the step out again, to the same end.
            logger.LogError(fault, "the outcome of {Step} can't be written to the operation log", Describe(command));
            log.RememberOnly(outcome);
        }
    }

    private static TimeSpan Limit(StepCommand command)
    {
        var limit = command.TimeLimit.ToTimeSpan();
        return limit < LongestStep ? limit : LongestStep;
    }

    private Google.Protobuf.WellKnownTypes.Timestamp Now() => Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private StepEvent Event(StepResult result) => new() { At = Now(), Result = result };

    private static string Describe(StepCommand command) => $"{Commands.Name(command)} of instance {command.Instance}";

    private static StepResult Replayed(Outcome outcome) => new()
    {
        Succeeded = outcome.Succeeded,
        Code = (ErrorCode)outcome.Code,
        Message = outcome.Message,
        RetryCanHelp = outcome.RetryCanHelp,
        Changes = { outcome.Changes },
        Refusals = { outcome.Refusals },
        Replayed = true,
    };

    private static StepResult StillRunning(StepCommand command) =>
        Overdue($"The deadline of {Describe(command)} passed, but it is still under way on this host; repeat step {command.StepId} to learn how it ends.");

    private static StepResult Overdue(string message) => Failed(ErrorCode.DeadlineExceeded, message, retryCanHelp: true);

    private static StepResult Failed(ErrorCode code, string message, bool retryCanHelp = false, IReadOnlyList<string>? refusals = null) =>
        new() { Code = code, Message = message, RetryCanHelp = retryCanHelp, Refusals = { refusals ?? [] } };

    private sealed class Claims(StepRunner runner, StepCommand command) : IClaims
    {
        public bool IsOurs
        {
            get { lock (runner.gate) return runner.log.Owns(command.Recovery, command.Instance); }
        }

        public void Claim()
        {
            lock (runner.gate) runner.log.Append(new Claimed(runner.time.GetUtcNow(), command.StepId, command.Recovery, command.Instance));
        }

        public void Release()
        {
            lock (runner.gate) runner.log.Append(new Released(runner.time.GetUtcNow(), command.StepId, command.Recovery, command.Instance));
        }
    }
}
