namespace Recovery.Scenarios.Tests.Time;

/// <summary>The clock as one process sees it.</summary>
internal sealed class VirtualTime(Strand strand) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        strand.Kernel.CheckThread();
        return strand.Kernel.Now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(strand, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer of one process; it dies with it.</summary>
internal sealed class VirtualTimer(Strand strand, TimerCallback callback, object? state) : ITimer
{
    private long due = -1;
    private TimeSpan period = Timeout.InfiniteTimeSpan;

    public Strand Strand => strand;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            due = -1;
            return true;
        }

        due = (strand.Kernel.Now + dueTime).UtcTicks;
        strand.Kernel.Arm(this, dueTime);
        return true;
    }

    public bool IsDue(long at) => due == at && !strand.IsDead;

    public void Fire()
    {
        due = -1;
        if (period > TimeSpan.Zero)
        {
            Change(period, period);
        }

        callback(state);
    }

    public void Dispose() => due = -1;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
