using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>A plan as it is read at night: all that it can say at once.</summary>
public class PlanTextTests
{
    private static readonly DateTimeOffset Night = new(2026, 3, 1, 2, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Everything_that_a_plan_can_say()
    {
        var plan = new PlanResource(
            Guid.Parse("01980000-0000-7000-8000-000000000001"),
            Night,
            Night.AddDays(1),
            ["node1", "node2"],
            [
                new(1, Rows.Db1, "db1", "node1", "node3", PowerIntent.Run, 90, [], OnlyTarget: true, 12, 20, ["bridge br1 becomes br0", "console on 10.0.0.3"]),
                new(2, Rows.Web1, "web1", "node2", "node4", PowerIntent.Run, 50, [Rows.Db1], OnlyTarget: false, 12, 32, []),
                new(3, Rows.Web2, "web2", "node2", "node4", PowerIntent.StayOff, 50, [], OnlyTarget: false, null, null, null),
            ],
            [
                new Unplaced(Guid.NewGuid(), "big1", "node1",
                    [
                        new("node3", RejectionKind.MemoryShort, "needs 4096 MiB, node3 has 3072 MiB free"),
                        new("node3", RejectionKind.VcpusShort, "needs 8 vCPUs, node3 has 2 free"),
                        .. Enumerable.Range(4, 6).Select(number => new Rejection($"node{number}", RejectionKind.NotUp, $"node{number}'s executor is silent")),
                        new("node1", RejectionKind.IsSource, "node1 is being recovered from"),
                    ])
                    {
                        Priority = 10,
                        OtherHosts = 40,
                        LostTo = [new Winner(Rows.Db1, "db1", 90, "node3")],
                        WouldHelp = ["1024 more MiB of memory on any host of rack-b", "node4 being heard again"],
                    },
                new Unplaced(Guid.NewGuid(), "lb1", "node1", [new("", RejectionKind.ClassExcluded, "appliances heal themselves")]) { ByWish = true },
                new Unplaced(Guid.NewGuid(), "alone", "node1", []),
            ],
            new EstimateResource(44, 20, "34 instances recovered here in the last 90 days"),
            [new PlanWarning("only-target", "node3 is the only host that can take db1. Should it fail as well, this one stays down.")]);

        Assert.Equal(
            """
            Plan for node1, node2 at 2026-03-01T02:30:00.000Z: 3 moves, 3 unplaced. Nothing was changed.
            To carry it out until 2026-03-02T02:30:00.000Z: POST /v1/recoveries {"plan":"01980000-0000-7000-8000-000000000001"}
            It would take about 44 s, from 34 instances recovered here in the last 90 days.

            #  INSTANCE  FROM   TO     THEN     READY  AFTER
            1  db1       node1  node3  run      +32 s
            2  web1      node2  node4  run      +44 s  db1
            3  web2      node2  node4  stayOff  -

            big1 on node1 can't be placed:
              needs 4096 MiB, node3 has 3072 MiB free; needs 8 vCPUs, node3 has 2 free
              node4's executor is silent
              node5's executor is silent
              node6's executor is silent
              node7's executor is silent
              and 42 more hosts
              lost to: db1 on node3 (priority 90, its own 10)
              would help: 1024 more MiB of memory on any host of rack-b; or node4 being heard again

            lb1 on node1 stays down, as somebody wanted:
              appliances heal themselves

            alone on node1 can't be placed:
              there is no other host

            Warnings:
              node3 is the only host that can take db1. Should it fail as well, this one stays down.

            node3 rewrites in db1:
              bridge br1 becomes br0
              console on 10.0.0.3

            """,
            PlanText.Of(plan));
    }

    [Fact]
    public void In_a_cloud_it_says_by_which_route_why_and_what_it_would_write()
    {
        const string Down = "the nova-compute of node3 was not seen for 300 s";
        var plan = new PlanResource(
            null, Night, null, ["node1"],
            [
                new(1, Rows.Db1, "db1", "node1", "node3", PowerIntent.Run, 50, [], OnlyTarget: false, null, null, ["console on 10.0.0.3"],
                    RecoveryRoute.Direct, Down, ["placement, resource_providers id 1: generation + 1", "nova cell1, instances of db1: host node1 → node3"]),
                new(2, Rows.Web1, "web1", "node1", "node2", PowerIntent.Run, 50, [], OnlyTarget: false, null, null, null,
                    RecoveryRoute.Assisted, "the nova-compute of node2 lives and Nova's API answers", ["nova cell1, instances of web1: host node1 → node2"]),
                new(3, Rows.Web2, "web2", "node1", "node3", PowerIntent.StayOff, 50, [], OnlyTarget: false, null, null, null, RecoveryRoute.Direct, Down, []),
            ],
            [], new EstimateResource(null, null, "no history yet"), []);

        Assert.Equal(
            """
            Plan for node1 at 2026-03-01T02:30:00.000Z: 3 moves, 0 unplaced. Nothing was changed.
            How long it would take can't be said: no history yet.

            #  INSTANCE  FROM   TO     THEN     ROUTE
            1  db1       node1  node3  run      direct
            2  web1      node1  node2  run      assisted
            3  web2      node1  node3  stayOff  direct

            Routes:
              direct for db1, web2: the nova-compute of node3 was not seen for 300 s
              assisted for web1: the nova-compute of node2 lives and Nova's API answers

            node3 rewrites in db1:
              console on 10.0.0.3

            It would write for db1:
              placement, resource_providers id 1: generation + 1
              nova cell1, instances of db1: host node1 → node3

            It would write for web1:
              nova cell1, instances of web1: host node1 → node2

            """,
            PlanText.Of(plan));
    }

    [Fact]
    public void What_is_written_for_many_is_shown_for_the_first_of_them()
    {
        var plan = new PlanResource(
            null, Night, null, ["node1"],
            [.. Enumerable.Range(1, 12).Select(number => new MoveResource(
                number, Guid.NewGuid(), $"web{number}", "node1", "node2", PowerIntent.Run, 50, [], OnlyTarget: false, null, null, null,
                RecoveryRoute.Direct, "no API is known", [$"nova cell1, instances of web{number}: host node1 → node2"]))],
            [], new EstimateResource(null, null, "no history yet"), []);

        var text = PlanText.Of(plan);

        Assert.Contains("direct for web1, web2, web3, web4, web5 and 7 more: no API is known\n", text);
        Assert.Contains("It would write for web10:\n", text);
        Assert.DoesNotContain("It would write for web11:\n", text);
        Assert.EndsWith("\nand for 2 more; the JSON says what.\n", text);
    }

    [Fact]
    public void A_dry_run_without_history_has_no_id_and_no_times()
    {
        var plan = new PlanResource(
            null, Night, null, ["node1"],
            [new(1, Rows.Web1, "web1", "node1", "node2", PowerIntent.Run, 50, [], OnlyTarget: false, null, null, null)],
            [], new EstimateResource(null, null, "no history yet: nothing was recovered here"), []);

        Assert.Equal(
            """
            Plan for node1 at 2026-03-01T02:30:00.000Z: 1 move, 0 unplaced. Nothing was changed.
            How long it would take can't be said: no history yet: nothing was recovered here.

            #  INSTANCE  FROM   TO     THEN
            1  web1      node1  node2  run

            """,
            PlanText.Of(plan));
    }

    [Fact]
    public void What_is_rewritten_in_many_is_shown_for_the_first_of_them()
    {
        var plan = new PlanResource(
            null, Night, null, ["node1"],
            [.. Enumerable.Range(1, 12).Select(number => new MoveResource(
                number, Guid.NewGuid(), $"web{number}", "node1", "node2", PowerIntent.Run, 50, [], OnlyTarget: false, null, null, ["console on 10.0.0.2"]))],
            [], new EstimateResource(null, null, "no history yet"), []);

        var text = PlanText.Of(plan);

        Assert.Contains("node2 rewrites in web10:\n", text);
        Assert.DoesNotContain("node2 rewrites in web11:\n", text);
        Assert.EndsWith("\nand in 2 more; the JSON says what.\n", text);
    }
}
