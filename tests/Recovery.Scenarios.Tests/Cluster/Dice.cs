namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>How long things take: always the same in a scenario, anything in a walk.</summary>
internal sealed class Dice(Random? random = null)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    public Random? Random => random;

    public TimeSpan Latency() => random is null ? OneMillisecond : random.Next(50) switch
    {
        0 => TimeSpan.FromMilliseconds(random.Next(3000)),
        < 5 => TimeSpan.FromMilliseconds(random.Next(300)),
        _ => TimeSpan.FromMilliseconds(1 + random.Next(10)),
    };

    public TimeSpan Duration(TimeSpan usual) => random is null ? usual : random.Next(30) switch
    {
        0 => usual * 20 * random.NextDouble(),
        _ => usual * (0.5 + random.NextDouble()),
    };
}
