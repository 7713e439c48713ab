namespace Recovery.Core.Planning;

/// <summary>What makes one arrangement better than another: in the highest tier that tells them apart, it places more.</summary>
internal static class Tiers
{
    /// <summary>What ran comes before what was off, since somebody misses it; then the higher tier.</summary>
    public static (bool StaysOff, int Below) Of(Guest guest) => (guest.StaysOff, -guest.Priority);

    /// <summary>How many are placed, the highest tier first.</summary>
    public static IReadOnlyList<int> Placed(IReadOnlyList<Guest> guests, Placement placement) =>
        [.. guests.GroupBy(Of).OrderBy(tier => tier.Key).Select(tier => tier.Count(placement.Has))];

    /// <summary>More than 0 when the left one is better.</summary>
    public static int Compare(IReadOnlyList<int> left, IReadOnlyList<int> right) =>
        left.Zip(right, (one, other) => one.CompareTo(other)).FirstOrDefault(difference => difference != 0);
}
