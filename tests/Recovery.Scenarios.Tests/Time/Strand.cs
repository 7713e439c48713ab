namespace Recovery.Scenarios.Tests.Time;

/// <summary>
/// A process: what runs in it runs in the order in which it was posted. When it is killed, nothing of it ever runs again:
/// no continuation, no timer, no finally.
/// </summary>
internal sealed class Strand(Kernel kernel, string name) : SynchronizationContext
{
    private readonly TaskCompletionSource died = new();

    public string Name => name;

    public Kernel Kernel => kernel;

    public bool IsDead { get; private set; }

    /// <summary>Completed when it is killed.</summary>
    public Task Died => died.Task;

    public TimeProvider Time => field ??= new VirtualTime(this);

    public void Kill()
    {
        IsDead = true;
        died.TrySetResult();
    }

    public override void Post(SendOrPostCallback d, object? state) => kernel.Enqueue(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new LeakException("Send: somebody waits for another process.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Begins something in this process; a failure of it ends the story.</summary>
    public void Begin(Func<Task> work) => Post(_ => _ = Watched(work), null);

    private async Task Watched(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            Post(_ => throw new InvalidOperationException($"{name} failed: {failure.Message}", failure), null);
        }
    }
}
