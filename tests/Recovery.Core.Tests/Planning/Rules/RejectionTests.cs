using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

public class RejectionTests
{
    public static TheoryData<int, string> Rows => [.. RejectionTable.Rows.Select((row, number) => (number, $"{row.Kind}: {row.Sentence}"))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_host_that_cannot_take_an_instance_says_exactly_why(int number, string _)
    {
        var row = RejectionTable.Rows[number];

        var plan = row.Refused.Answer();

        Assert.DoesNotContain(plan.Moves, move => move.Instance == IdOf("a"));
        var unplaced = Assert.Single(plan.Unplaced, unplaced => unplaced.Instance == IdOf("a"));
        Assert.Equal(new Rejection(row.Host, row.Kind, row.Sentence), Assert.Single(unplaced.Rejections, each => each.Host == row.Host));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Just_inside_the_limit_it_takes_it(int number, string _)
    {
        var plan = RejectionTable.Rows[number].Accepted.Answer();

        Assert.Equal("node2", plan.Moves.Single(move => move.Instance == IdOf("a")).Target);
    }

    [Fact]
    public void Every_kind_of_rejection_is_shown() =>
        Assert.Empty(Enum.GetValues<RejectionKind>().Except(RejectionTable.Rows.Select(row => row.Kind)));
}
