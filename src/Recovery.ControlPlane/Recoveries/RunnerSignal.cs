namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tells the runner of this process that there is something to do, so that it need not wait for its next look at the
/// database. A lost signal costs time, never a recovery: the database is the queue.
/// </summary>
public sealed class RunnerSignal : IDisposable
{
    // At most one signal is kept: the runner looks at everything when it looks.
    private readonly SemaphoreSlim pending = new(0, 1);
    private readonly Lock gate = new();

    public void Notify()
    {
        lock (gate)
        {
            if (pending.CurrentCount == 0)
            {
                pending.Release();
            }
        }
    }

    /// <summary>True when there was a signal, false when the time is over.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        pending.WaitAsync(atMost, cancellationToken);

    public void Dispose() => pending.Dispose();
}
