namespace Recovery.Scenarios.Tests.Time;

/// <summary>
/// One thread, one clock, one order. Everything that a story's processes do is queued here; when nothing is left to do,
/// the clock jumps to the next timer. The same story runs the same way, on every machine, as fast as it can.
/// </summary>
internal sealed class Kernel
{
    public static readonly DateTimeOffset Beginning = new(2026, 3, 1, 2, 30, 0, TimeSpan.Zero);

    private readonly PriorityQueue<VirtualTimer, (long At, long Sequence)> timers = new();
    private readonly List<(Strand Strand, SendOrPostCallback Callback, object? State)> ready = [];
    private readonly Random? order;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private int next;
    private long sequence;
    private string? leak;

    /// <param name="order">Given: of several processes that could go on, any may. Null: first come, first served.</param>
    public Kernel(Random? order = null) => this.order = order;

    public DateTimeOffset Now { get; private set; } = Beginning;

    /// <summary>Called after everything that happened, before the next.</summary>
    public Action? Happened { get; set; }

    public long Steps { get; private set; }

    /// <summary>Goes on until the condition holds or the time has come, whichever is first.</summary>
    /// <exception cref="LeakException">Some code went on outside of the simulation.</exception>
    public void Run(DateTimeOffset until, Func<bool>? reached = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            while (reached?.Invoke() != true && Step(until))
            {
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    internal void Enqueue(Strand strand, SendOrPostCallback callback, object? state)
    {
        if (strand.IsDead)
        {
            return; // also what finalizers of the dead have to say
        }

        if (Environment.CurrentManagedThreadId != thread)
        {
            leak ??= Environment.StackTrace;
            return;
        }

        ready.Add((strand, callback, state));
    }

    internal void Arm(VirtualTimer timer, TimeSpan due)
    {
        CheckThread();
        timers.Enqueue(timer, ((Now + due).UtcTicks, sequence++));
    }

    internal void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            leak ??= Environment.StackTrace;
            throw new LeakException(leak);
        }
    }

    private bool Step(DateTimeOffset until)
    {
        if (leak is not null)
        {
            throw new LeakException(leak);
        }

        if (next < ready.Count)
        {
            var (strand, callback, state) = Take();
            if (!strand.IsDead)
            {
                Invoke(strand, callback, state);
            }

            return true;
        }

        ready.Clear();
        next = 0;
        if (!timers.TryPeek(out var timer, out var due) || due.At > until.UtcTicks)
        {
            Now = until > Now ? until : Now;
            return false;
        }

        timers.Dequeue();
        if (timer.IsDue(due.At))
        {
            Now = new DateTimeOffset(due.At, TimeSpan.Zero);
            Invoke(timer.Strand, static state => ((VirtualTimer)state!).Fire(), timer);
        }

        return true;
    }

    private (Strand Strand, SendOrPostCallback Callback, object? State) Take()
    {
        if (order is not null && ready.Count - next > 1)
        {
            // Any process may be the next, but each does its own in order.
            var chosen = ready[next + order.Next(ready.Count - next)].Strand;
            var index = next;
            while (ready[index].Strand != chosen)
            {
                index++;
            }

            if (index != next)
            {
                var taken = ready[index];
                ready.RemoveAt(index);
                ready.Insert(next, taken);
            }
        }

        return ready[next++];
    }

    private void Invoke(Strand strand, SendOrPostCallback callback, object? state)
    {
        if (strand.IsFrozen)
        {
            strand.Keep(callback, state);
            return;
        }

        Steps++;
        SynchronizationContext.SetSynchronizationContext(strand);
        callback(state);
        Happened?.Invoke();
    }
}

/// <summary>Some code left its scheduler (Task.Run, ConfigureAwait(false), a pool continuation): nothing is certain then.</summary>
internal sealed class LeakException(string where)
    : Exception($"Code of the simulation went on in another thread, so its story can't be repeated. It came back here:\n{where}");
