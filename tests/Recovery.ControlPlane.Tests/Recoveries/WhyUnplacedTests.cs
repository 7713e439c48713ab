using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Tests.Recoveries;

public class WhyUnplacedTests
{
    [Fact]
    public void The_nearest_hosts_are_told_the_others_counted_and_the_least_that_would_help_comes_last()
    {
        var unplaced = Of(7) with { OtherHosts = 30, WouldHelp = ["512 more MiB of memory on node2", "an end of the maintenance of node9"] };

        Assert.Equal(
            "node2 is full; node3 is full; node4 is full; node5 is full; node6 is full; and 32 more hosts; would help: 512 more MiB of memory on node2",
            WhyUnplaced.InOneLine(unplaced));
    }

    [Fact]
    public void Several_reasons_of_one_host_are_one_line_and_being_the_source_is_none()
    {
        var why = WhyUnplaced.Of(new(Guid.Empty, "a", "node1", [
            new("node1", RejectionKind.IsSource, "node1 is being recovered from"),
            new("node2", RejectionKind.MemoryShort, "needs 2 MiB, node2 has 1 MiB free"),
            new("node2", RejectionKind.VcpusShort, "needs 2 vCPUs, node2 has 1 free"),
        ]));

        Assert.Equal(["needs 2 MiB, node2 has 1 MiB free; needs 2 vCPUs, node2 has 1 free"], why.Hosts);
        Assert.Equal(0, why.More);
    }

    [Fact]
    public void Where_there_is_no_other_host_that_is_said() =>
        Assert.Equal("there is no other host", WhyUnplaced.InOneLine(new(Guid.Empty, "a", "node1", [])));

    private static Unplaced Of(int hosts) => new(Guid.Empty, "a", "node1",
        [.. Enumerable.Range(2, hosts).Select(number => new Rejection($"node{number}", RejectionKind.MemoryShort, $"node{number} is full"))]);
}
