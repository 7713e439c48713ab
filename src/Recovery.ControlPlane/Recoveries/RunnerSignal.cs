namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Tells whoever drives recoveries in this process that there is something to look at, so that it need not wait for its
/// next look at the database. A lost signal costs time, never a recovery: the database is the queue.
/// </summary>
public sealed class RunnerSignal
{
    private TaskCompletionSource next = New();

    /// <summary>Ends with the next signal. Take it before looking: what is told meanwhile is not missed then.</summary>
    /// <remarks>Each who asks gets a task of its own, which ends where it was asked for: on its scheduler.</remarks>
    public Task Next => FollowAsync(Volatile.Read(ref next).Task);

    public void Notify() => Interlocked.Exchange(ref next, New()).TrySetResult();

    private static async Task FollowAsync(Task told) => await told;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
