namespace Recovery.Scenarios.Tests.Time;

/// <summary>
/// A process: what runs in it runs in the order in which it was posted. When it is killed, nothing of it ever runs again:
/// no continuation, no timer, no finally.
/// </summary>
internal sealed class Strand(Kernel kernel, string name) : SynchronizationContext
{
    private readonly TaskCompletionSource died = new();
    private List<(SendOrPostCallback Callback, object? State)>? frozen;

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

    public bool IsFrozen => frozen is not null;

    /// <summary>What it should do is kept for later.</summary>
    public void Freeze() => frozen ??= [];

    public void Thaw()
    {
        var kept = frozen ?? [];
        frozen = null;
        kept.ForEach(each => kernel.Enqueue(this, each.Callback, each.State));
    }

    internal void Keep(SendOrPostCallback callback, object? state) => frozen!.Add((callback, state));

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
