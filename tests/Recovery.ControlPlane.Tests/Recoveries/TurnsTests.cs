using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Whose turn it is when web1 waits for web2.</summary>
public class TurnsTests
{
    public static TheoryData<InstanceState, InstanceState, bool> States => new()
    {
        { InstanceState.Waiting, InstanceState.Waiting, false },
        { InstanceState.Waiting, InstanceState.Recovering, false },
        { InstanceState.Waiting, InstanceState.PuttingBack, false },
        { InstanceState.Waiting, InstanceState.Recovered, true },
        { InstanceState.Waiting, InstanceState.Failed, true },
        { InstanceState.Waiting, InstanceState.Unplaced, true },
        { InstanceState.Recovering, InstanceState.Waiting, true },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Its_turn_has_come_when_the_other_has_ended_or_its_own_was_begun(InstanceState own, InstanceState other, bool expected)
    {
        var recovery = Recovery(own, other, [Rows.Web2], []);

        Assert.Equal(expected, new Turns(recovery).HasCome(recovery.Instances[0]));
    }

    [Fact]
    public void A_circle_in_an_old_plan_holds_up_nobody_for_ever()
    {
        var recovery = Recovery(InstanceState.Waiting, InstanceState.Waiting, [Rows.Web2], [Rows.Web1]);

        Assert.All(recovery.Instances, row => Assert.True(new Turns(recovery).HasCome(row)));
    }

    private static RecoveryRow Recovery(InstanceState web1, InstanceState web2, Guid[] afterOf1, Guid[] afterOf2)
    {
        var id = Guid.CreateVersion7();
        var recovery = Rows.Recovery(id, RecoveryState.Recovering, DateTimeOffset.UtcNow, "node1");
        recovery.Instances = [Rows.Instance(id, Rows.Web1, "web1", web1), Rows.Instance(id, Rows.Web2, "web2", web2)];
        recovery.Plan = new Plan(
            [
                new Move(Rows.Web1, "web1", "node1", "node2", PowerIntent.Run) { After = afterOf1 },
                new Move(Rows.Web2, "web2", "node1", "node2", PowerIntent.Run) { After = afterOf2 },
            ],
            []);
        return recovery;
    }
}
