namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tells whoever drives recoveries in this process that there is something to look at, so that it need not wait for its
/// next look at the database. A lost signal costs time, never a recovery: the database is the queue.
/// </summary>
public sealed class RunnerSignal
{
    private TaskCompletionSource next = new();

    /// <summary>
    /// Ends with the next signal. Take it before looking: what is told meanwhile is not missed then. Whoever awaits it
    /// yields afterwards, and leaves whoever told to its own work.
    /// </summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Notify() => Interlocked.Exchange(ref next, new()).TrySetResult();
}
