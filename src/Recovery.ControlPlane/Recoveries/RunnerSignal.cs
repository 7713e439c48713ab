namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tells the runner of this process that there is something to do, so that it need not wait for its next look at the
/// database. A lost signal costs time, never a recovery: the database is the queue.
/// </summary>
public sealed class RunnerSignal(TimeProvider time)
{
    private readonly Lock gate = new();

    // At most one signal is kept: the runner looks at everything when it looks.
    private TaskCompletionSource pending = new();

    public void Notify()
    {
        TaskCompletionSource told;
        lock (gate)
        {
            told = pending;
        }

        told.TrySetResult();
    }

    /// <summary>True when there was a signal, false when the time is over.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task signal;
        lock (gate)
        {
            signal = pending.Task;
        }

        // That the time is over is no exception: it is the rule, each second.
        await signal.WaitAsync(atMost, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // Whoever gave the signal goes on with its own work, and not with the runner's.
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (!signal.IsCompleted)
            {
                return false;
            }

            if (ReferenceEquals(signal, pending.Task))
            {
                pending = new();
            }

            return true;
        }
    }
}
