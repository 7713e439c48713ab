namespace Recovery.ControlPlane.Recoveries;

/// <summary>Wakes the runner, so that an accepted recovery does not wait for the next look.</summary>
public sealed class RunnerSignal : IDisposable
{
    private readonly SemaphoreSlim waiting = new(0, 1);

    public void Notify()
    {
        try
        {
            waiting.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been woken already and has not looked yet.
        }
    }

    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        await waiting.WaitAsync(atMost, cancellationToken);

    public void Dispose() => waiting.Dispose();
}
