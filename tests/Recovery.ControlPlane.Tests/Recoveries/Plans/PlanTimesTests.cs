using System.Globalization;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>Estimates are the runner's rules, played through with what things took here.</summary>
public class PlanTimesTests
{
    private static readonly RecoveryHistory TenSecondsEach = new(34, RunSeconds: 10, OffSeconds: 1, FenceSeconds: 5);

    /// <summary>Moves as "name target", "name target off" or "name target after others"; then when each begins and ends.</summary>
    public static TheoryData<string, int, int, string, string[], string[]> Stories => new()
    {
        { "one after fencing", 8, 4, "5", ["a n2"], ["a 5-15"] },
        { "side by side", 8, 4, "5", ["a n2", "b n3"], ["a 5-15", "b 5-15"] },
        { "so many in all", 2, 4, "5", ["a n2", "b n3", "c n4"], ["a 5-15", "b 5-15", "c 15-25"] },
        { "so many on one target", 8, 1, "5", ["a n2", "b n2", "c n3"], ["a 5-15", "c 5-15", "b 15-25"] },
        { "what stays off is quick", 1, 1, "5", ["a n2 off", "b n2"], ["a 5-6", "b 6-16"] },
        { "what waits begins when the other has ended", 8, 4, "5", ["a n2 after b", "b n3"], ["b 5-15", "a 15-25"] },
        { "what waits for something else begins at once", 8, 4, "5", ["a n2 after x"], ["a 5-15"] },
        { "what waits leaves its turn to others", 1, 1, "5", ["a n2 after c", "b n2", "c n2"], ["b 5-15", "c 15-25", "a 25-35"] },
        { "a circle has no times and no end", 8, 4, "5", ["a n2 after b", "b n2 after a", "c n2"], ["c 5-15"] },
        { "without history of fencing", 8, 4, "", ["a n2"], ["a 0-10"] },
        { "nothing to move", 8, 4, "5", [], [] },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void Moves_have_their_turns(string story, int maximum, int perTarget, string fence, string[] moves, string[] expected)
    {
        var history = TenSecondsEach with { FenceSeconds = fence.Length > 0 ? double.Parse(fence, CultureInfo.InvariantCulture) : null };

        var estimate = PlanTimes.Of([.. moves.Select(Read)], history, maximum, perTarget);

        Assert.Equal(expected, estimate.Moves.Select(move => string.Create(CultureInfo.InvariantCulture,
            $"{NameOf(move.Instance)} {move.StartsAfterSeconds}-{move.StartsAfterSeconds + move.Seconds}")));
        Assert.Equal(moves.Length == 0 ? null : estimate.Moves.Max(move => move.StartsAfterSeconds + move.Seconds), estimate.TotalSeconds);
        Assert.StartsWith("34 instances recovered here in the last 90 days", estimate.BasedOn, StringComparison.Ordinal);
        Assert.Equal(fence.Length == 0, estimate.BasedOn.Contains("not known", StringComparison.Ordinal));
        Assert.NotEmpty(story);
    }

    [Fact]
    public void Without_history_nothing_is_guessed()
    {
        var estimate = PlanTimes.Of([Read("a n2")], RecoveryHistory.None, 8, 4);

        Assert.Null(estimate.TotalSeconds);
        Assert.Empty(estimate.Moves);
        Assert.Equal("no history yet: no instance was recovered here in the last 90 days", estimate.BasedOn);
    }

    [Fact]
    public void When_only_others_were_off_that_is_better_than_nothing()
    {
        var estimate = PlanTimes.Of([Read("a n2")], new RecoveryHistory(1, null, 2, null), 8, 4);

        Assert.Equal(2, estimate.TotalSeconds);
        Assert.StartsWith("1 instance recovered here", estimate.BasedOn, StringComparison.Ordinal);
    }

    private static Move Read(string line)
    {
        var words = line.Split(' ');
        return new Move(IdOf(words[0]), words[0], "n1", words[1], words is [_, _, "off"] ? PowerIntent.StayOff : PowerIntent.Run)
        {
            After = words is [_, _, "after", var others] ? [.. others.Split(',').Select(IdOf)] : [],
        };
    }

    private static Guid IdOf(string name) => new(name[0], 0, 0, new byte[8]);

    private static char NameOf(Guid id) => (char)BitConverter.ToInt32(id.ToByteArray());
}
