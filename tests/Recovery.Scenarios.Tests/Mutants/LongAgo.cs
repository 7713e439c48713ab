namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>A clock that is an hour late: whatever is heard by it was heard before any proof.</summary>
internal sealed class LongAgo(TimeProvider time) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() - TimeSpan.FromHours(1);

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
