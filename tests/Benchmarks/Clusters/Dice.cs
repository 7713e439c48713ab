namespace Recovery.Benchmarks.Clusters;

/// <summary>All chance in a generated cluster: the same seed gives the same cluster, on every machine and in every year.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => random.Next(least, most + 1);

    public bool Chance(int percent) => random.Next(100) < percent;

    public T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public Guid Id()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>The same things in another order.</summary>
    public List<T> Shuffled<T>(IEnumerable<T> things)
    {
        var shuffled = things.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
