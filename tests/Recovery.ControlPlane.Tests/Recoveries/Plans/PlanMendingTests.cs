using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.ControlPlane.Tests.Recoveries.Plans.World;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>A plan that was shown is what runs; each difference is mended alone, and said.</summary>
public class PlanMendingTests
{
    private static readonly Instance Web = NewInstance("web");
    private static readonly Instance Shop = NewInstance("shop");

    private static readonly Plan Shown = new(
        [new Move(Web.Id, "web", "node1", "node2", PowerIntent.Run), new Move(Shop.Id, "shop", "node1", "node2", PowerIntent.Run)], []);

    [Fact]
    public void A_world_that_stood_still_changes_nothing_even_where_another_plan_would_be_better()
    {
        var drawn = PlanMending.Of(Shown, With(Web, Shop), Request(), Options);

        Assert.Equal(["web node2", "shop node2"], drawn.Plan.Lines());
        Assert.Empty(drawn.Changes);
        Assert.NotEqual(drawn.Plan.Lines(), Planner.Plan(With(Web, Shop), Request(), Options).Lines());
    }

    [Fact]
    public void Only_what_no_longer_fits_goes_elsewhere()
    {
        var shown = Shown with { Moves = [Shown.Moves[0] with { Target = "node3" }, Shown.Moves[1]] };

        var drawn = PlanMending.Of(shown, With(Web, Shop).Without("node3"), Request(), Options);

        Assert.Contains("shop node2", drawn.Plan.Lines());
        Assert.DoesNotContain("web node3", drawn.Plan.Lines());
        Assert.StartsWith("web goes to ", Assert.Single(drawn.Changes), StringComparison.Ordinal);
        Assert.Contains("instead of node3", drawn.Changes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_to_the_source_since_is_planned_too_and_said()
    {
        var drawn = PlanMending.Of(Shown, With(Web, Shop, NewInstance("new"), NewInstance("huge", memoryMib: 99_999)), Request(), Options);

        Assert.Equal(["web node2", "shop node2", "new node3", "huge -"], drawn.Plan.Lines());
        Assert.Equal(["new was not in the plan; it goes to node3.", "huge was not in the plan, and no host can take it."], drawn.Changes);
    }

    [Fact]
    public void What_came_since_finds_the_room_that_the_plan_left()
    {
        var large = NewInstance("large", memoryMib: 7000);
        var cluster = With(Web, Shop, large).Without("node3").Without("node4");

        var drawn = PlanMending.Of(Shown, cluster, Request(), Options);

        Assert.Equal(["web node2", "shop node2", "large -"], drawn.Plan.Lines());
    }

    [Fact]
    public void What_left_the_source_is_left_out_and_said()
    {
        var drawn = PlanMending.Of(
            Shown with { Unplaced = [new Unplaced(IdOf("gone"), "gone", "node1", [])] }, With(Web with { Host = "node4" }), Request(), Options);

        Assert.Empty(drawn.Plan.Lines());
        Assert.Equal(
            [
                "web does not belong to node1 any more but to node4: its move from node1 is left out.",
                "shop is left out: the inventory does not know it any more.",
                "gone is left out: the inventory does not know it any more.",
            ],
            drawn.Changes);
    }

    [Fact]
    public void What_had_no_place_is_tried_again()
    {
        var drawn = PlanMending.Of(new Plan([Shown.Moves[0]], [new Unplaced(Shop.Id, "shop", "node1", [])]), With(Web, Shop), Request(), Options);

        Assert.Equal(["web node2", "shop node3"], drawn.Plan.Lines());
        Assert.Equal(["shop had no place in the plan; it goes to node3 now."], drawn.Changes);
    }

    [Fact]
    public void What_still_has_no_place_is_no_change()
    {
        var huge = NewInstance("huge", memoryMib: 99_999);

        var drawn = PlanMending.Of(new Plan([], [new Unplaced(huge.Id, "huge", "node1", [])]), With(huge), Request(), Options);

        Assert.Equal(["huge -"], drawn.Plan.Lines());
        Assert.Empty(drawn.Changes);
    }

    [Fact]
    public void What_its_owner_switched_off_since_stays_off()
    {
        var drawn = PlanMending.Of(Shown, With(Web with { State = DomainState.ShutOff }, Shop), Request(), Options);

        Assert.Equal(PowerIntent.StayOff, drawn.Plan.Moves.Single(move => move.Name == "web").Intent);
        Assert.Equal(["web was running when this was planned and is off now; so it will be afterwards."], drawn.Changes);
    }

    [Fact]
    public void What_its_owner_does_not_want_recovered_stays_down_whether_it_was_shown_or_came_since()
    {
        var notMine = new InstancePolicy { OptOut = true };
        var shown = Shown with { Unplaced = [new Unplaced(IdOf("old"), "old", "node1", []) { ByWish = true }] };
        var cluster = With(Web, Shop with { Policy = notMine }, NewInstance("old") with { Policy = notMine }, NewInstance("new") with { Policy = notMine });

        var drawn = PlanMending.Of(shown, cluster, Request(), Options);
        var named = PlanMending.Of(Shown, cluster, Request(Web.Id, Shop.Id), Options);

        Assert.Equal(["web node2", "new -", "old -", "shop -"], drawn.Plan.Lines().OrderBy(line => line.EndsWith('-')).ThenBy(line => line));
        Assert.Equal(
            ["shop is left out: its owner does not want it recovered any more.", "new was not in the plan, and stays down, as somebody wanted."],
            drawn.Changes);
        Assert.Equal(["web node2", "shop node2"], named.Plan.Lines());
    }

    [Fact]
    public void What_came_since_waits_for_what_was_planned_before()
    {
        var late = NewInstance("late", after: Web.Id);

        var drawn = PlanMending.Of(Shown, With(Web, Shop, late), Request(), Options);
        var ignoring = PlanMending.Of(Shown, With(Web, Shop, late), Request() with { IgnoreDependencies = true }, Options);

        Assert.Equal([Web.Id], drawn.Plan.Moves.Single(move => move.Name == "late").After);
        Assert.All(ignoring.Plan.Moves, move => Assert.Empty(move.After));
    }

    [Fact]
    public void What_is_excluded_or_not_asked_for_is_not_planned()
    {
        var cluster = With(Web, Shop, NewInstance("new"));

        var only = PlanMending.Of(Shown, cluster, Request(Web.Id, Shop.Id), Options);
        var but = PlanMending.Of(Shown, cluster, Request() with { ExcludedInstances = [IdOf("new")] }, Options);

        Assert.Equal(["web node2", "shop node2"], only.Plan.Lines());
        Assert.Equal(["web node2", "shop node2"], but.Plan.Lines());
    }
}
