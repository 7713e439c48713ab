using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.Inventory;

public class LivenessBoardTests
{
    private readonly SettableTime time = new();
    private readonly LivenessBoard board;

    public LivenessBoardTests() => board = new LivenessBoard(time);

    [Fact]
    public void A_host_whose_libvirt_went_away_a_moment_ago_may_be_back_in_the_next()
    {
        board.Heard("node1", "");
        board.Heard("node2", "");
        Assert.Empty(board.AwayForAMoment());

        board.Heard("node1", "libvirtd is away");
        Assert.Equal(["node1"], board.AwayForAMoment());

        board.Heard("node1", "");
        Assert.Empty(board.AwayForAMoment());
    }

    [Fact]
    public void So_may_one_that_fell_silent()
    {
        board.Heard("node1", "");
        time.Now += LivenessBoard.SilentAfter + TimeSpan.FromSeconds(1);

        Assert.Equal(["node1"], board.AwayForAMoment());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void But_not_for_long(bool isHeard)
    {
        board.Heard("node1", "");
        time.Now += LivenessBoard.BackWithin;
        if (isHeard)
        {
            board.Heard("node1", "libvirtd is away");
        }

        Assert.Equal(isHeard ? HostLiveness.LibvirtDown : HostLiveness.Silent, board.Of("node1", everReported: true));
        Assert.Empty(board.AwayForAMoment());
    }

    [Fact]
    public void One_that_was_never_up_is_not_waited_for()
    {
        board.Heard("node1", "libvirtd is away");

        Assert.Empty(board.AwayForAMoment());
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Some.Moment;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
