namespace Recovery.Executor.Operations;

/// <summary>One step at a time for each instance: a new driver's stop must not overtake an old driver's start.</summary>
internal sealed class InstanceTurns
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (SemaphoreSlim Turn, int Users)> turns = new(StringComparer.Ordinal);

    /// <summary>Waits for this instance's turn; disposing what is returned gives it on.</summary>
    public async Task<IDisposable> Take(string instance, CancellationToken cancellation)
    {
        SemaphoreSlim turn;
        lock (gate)
        {
            var (existing, users) = turns.GetValueOrDefault(instance);
            turn = existing ?? new SemaphoreSlim(1, 1);
            turns[instance] = (turn, users + 1);
        }
        try
        {
            await turn.WaitAsync(cancellation);
            return new Release(this, instance);
        }
        catch (OperationCanceledException)
        {
            Leave(instance);
            throw;
        }
    }

    private void Leave(string instance)
    {
        lock (gate)
        {
            var (turn, users) = turns[instance];
            if (users > 1) turns[instance] = (turn, users - 1);
            else turns.Remove(instance);
        }
    }

    private sealed class Release(InstanceTurns turns, string instance) : IDisposable
    {
        public void Dispose()
        {
            lock (turns.gate) turns.turns[instance].Turn.Release();
            turns.Leave(instance);
        }
    }
}
