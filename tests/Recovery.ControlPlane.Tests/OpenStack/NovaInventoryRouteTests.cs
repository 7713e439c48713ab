using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.OpenStack.NovaCloud;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>By which way each move is brought up, why, and what it will write.</summary>
public sealed class NovaInventoryRouteTests
{
    private const string Seen = "nova-compute on node2 was seen 4 s ago, and Nova's API answers";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_Nova_lives_on_the_target_Nova_starts_it()
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true);

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves);

        Assert.Equal((RecoveryRoute.Assisted, Seen), (move.Route, move.RouteReason));
        Assert.Contains($"Cinder, volume {Volume}: its attachment moves from node1 to node2 by the API, and Nova's block device names the new one", move.Writes);
        Assert.Contains($"Neutron, port {Port}: it is bound to node2 in place of node1 by the API", move.Writes);
        Assert.Contains(move.Writes, sentence => sentence.StartsWith("nova cell1, instances of vm-1: host node1 → node2", StringComparison.Ordinal)
            && sentence.Contains("vm_state → stopped", StringComparison.Ordinal));
        Assert.Equal("Nova, vm-1: it is started on node2 by the API", move.Writes[^1]);
    }

    [Theory]
    [InlineData("UPDATE services SET last_seen_up = '2026-11-22 19:28:59' WHERE host = 'node2'", "nova-compute on node2 was seen 61 s ago and is down")]
    [InlineData("UPDATE services SET last_seen_up = '2026-11-22 17:00:00' WHERE host = 'node2'", "nova-compute on node2 was seen 2 h ago and is down")]
    [InlineData("UPDATE services SET last_seen_up = NULL WHERE host = 'node2'", "nova-compute on node2 was never seen")]
    [InlineData("UPDATE services SET forced_down = 1 WHERE host = 'node2'", "nova-compute on node2 is down by force")]
    [InlineData("UPDATE services SET disabled = 1 WHERE host = 'node2'", "nova-compute on node2 is disabled")]
    [InlineData("UPDATE services SET deleted = id WHERE host = 'node2'", "node2 has no nova-compute")]
    public async Task Where_it_does_not_the_executors_do_and_whoever_wished_Nova_is_told(string sql, string reason)
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true);
        await cloud.Databases.ExecuteAsync("nova", sql);

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves);
        var wished = await cloud.Inventory.RouteAsync(PlanOf(), RecoveryRoute.Assisted, Cancellation);

        Assert.Equal((RecoveryRoute.Direct, reason), (move.Route, move.RouteReason));
        Assert.Empty(wished.Moves);
        var rejection = Assert.Single(Assert.Single(wished.Unplaced).Rejections);
        Assert.Equal(("node2", RejectionKind.NoRoute), (rejection.Host, rejection.Kind));
        Assert.Contains(reason, rejection.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_API_answers_everything_is_done_in_rows_and_it_says_who_finishes_that()
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true);
        cloud.Services!.Answer = _ => null;

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves);

        Assert.Equal(RecoveryRoute.Direct, move.Route);
        Assert.StartsWith("Nova's API does not answer (Nova at ", move.RouteReason, StringComparison.Ordinal);
        Assert.StartsWith("Cinder's API does not answer", move.Cautions[0], StringComparison.Ordinal);
        Assert.Contains(move.Writes, sentence => sentence.StartsWith("cinder, volume_attachment of vm-1", StringComparison.Ordinal));
        Assert.EndsWith("Neutron knows no agent on node2 that would finish that; see that its network takes the ports.", move.Cautions[1], StringComparison.Ordinal);
        Assert.Contains(move.Writes, sentence => sentence.StartsWith("neutron, ml2_port_bindings of vm-1", StringComparison.Ordinal));

        await cloud.Databases.ExecuteAsync("neutron", """
            INSERT INTO agents (id, agent_type, `binary`, topic, host, created_at, started_at, heartbeat_timestamp, configurations)
            VALUES ('b', 'Linux bridge agent', 'neutron-linuxbridge-agent', 'N/A', 'node2', NOW(), NOW(), NOW(), '{}');
            """);
        move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves);
        Assert.EndsWith("the Linux bridge agent on node2 finishes that when it asks for the port.", move.Cautions[1], StringComparison.Ordinal);
    }

    // Plans are honest: each step's own words are there, but for what has no id before a recovery has it.
    [Fact]
    public async Task A_plan_shows_what_the_steps_write()
    {
        await using var cloud = await NovaCloud.StartAsync();
        var recovery = Guid.NewGuid();
        var mark = new EvacuationMark(recovery, Vm1, 1);

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves);

        var (facts, target) = ((await cloud.Instances.ReadAsync([Vm1], Cancellation))[Vm1], (await cloud.Targets.ReadTargetAsync("node2", Cancellation))!);
        StepAction[] actions = [StepAction.MarkEvacuation, StepAction.MoveAllocations, StepAction.MoveAttachments, StepAction.BindPorts, StepAction.Commit];
        var words = actions
            .SelectMany(action => ForeignWords.Of(CloudTransactions.Of(action, RecoveryRoute.Direct, facts, target, mark, Now).Transaction!))
            .Select(sentence => sentence
                .Replace($"{mark.Migration}", "(new)", StringComparison.Ordinal)
                .Replace($"{recovery}", "(its id)", StringComparison.Ordinal));
        Assert.Equal(words, move.Writes);
        Assert.DoesNotContain($"{Guid.Empty}", string.Join(' ', move.Writes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_paused_is_not_started_by_Nova_which_would_let_it_run()
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true);
        await cloud.Databases.ExecuteAsync("nova", $"UPDATE instances SET vm_state = 'paused' WHERE uuid = '{Vm1}'");

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(PowerIntent.Pause), null, Cancellation)).Moves);
        var wished = await cloud.Inventory.RouteAsync(PlanOf(PowerIntent.Pause), RecoveryRoute.Assisted, Cancellation);

        Assert.Equal((RecoveryRoute.Direct, "it was paused, and Nova's start would let it run"), (move.Route, move.RouteReason));
        Assert.Empty(wished.Moves);
    }

    [Fact]
    public async Task What_stays_off_needs_nobody_to_define_it_or_to_start_it()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync("nova", $"UPDATE instances SET vm_state = 'stopped', power_state = 4 WHERE uuid = '{Vm1}'; DELETE FROM instance_extra WHERE instance_uuid = '{Vm1}'");

        var move = Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(PowerIntent.StayOff), null, Cancellation)).Moves);

        Assert.Equal((RecoveryRoute.Direct, "it stays off, so only rows are written, and nothing is started"), (move.Route, move.RouteReason));
    }

    [Fact]
    public async Task What_no_executor_can_define_Nova_starts_where_it_lives_and_nobody_elsewhere()
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true);
        await cloud.Databases.ExecuteAsync("nova", $"DELETE FROM instance_extra WHERE instance_uuid = '{Vm1}'");

        var alive = await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation);
        var direct = await cloud.Inventory.RouteAsync(PlanOf(), RecoveryRoute.Direct, Cancellation);
        await cloud.Databases.ExecuteAsync("nova", "UPDATE services SET last_seen_up = NULL WHERE host = 'node2'");
        var dead = await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation);

        Assert.Equal(RecoveryRoute.Assisted, Assert.Single(alive.Moves).Route);
        Assert.Equal(("", RejectionKind.DefinitionRefused), Only(direct));
        Assert.Equal(("node2", RejectionKind.NoRoute), Only(dead));
        Assert.Contains("Its flavor is in no instance_extra row", dead.Unplaced[0].Rejections[0].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("placement", "DELETE FROM allocations WHERE consumer_id = 'e6244565-8886-45fb-a560-1b04a895daba'", "", RejectionKind.HandedOver, "no allocations in Placement")]
    [InlineData("nova", "UPDATE instances SET vm_state = 'shelved' WHERE display_name = 'vm-1'", "node2", RejectionKind.NoRoute, "vm_state 'shelved'")]
    [InlineData("nova", "UPDATE instances SET deleted = id WHERE display_name = 'vm-1'", "", RejectionKind.NoRoute, "is in no cell any more")]
    [InlineData("nova", "UPDATE instances SET host = 'node3' WHERE display_name = 'vm-1'", "", RejectionKind.NoRoute, "is on node3 and not on node1 any more")]
    [InlineData("nova", "UPDATE compute_nodes SET deleted = id WHERE host = 'node2'", "node2", RejectionKind.NoRoute, "node2 is no nova-compute")]
    public async Task What_a_step_would_refuse_stays_down_and_the_others_go(string database, string sql, string host, RejectionKind kind, string sentence)
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync(database, sql);
        var other = MoveOf("vm-2", await cloud.IdAsync("vm-2")) with { After = [Vm1], Target = "node3" };

        var routed = await cloud.Inventory.RouteAsync(new Plan([.. PlanOf().Moves, other], []), null, Cancellation);

        var move = Assert.Single(routed.Moves);
        Assert.Equal(("vm-2", 0), (move.Name, move.After.Count));
        Assert.Equal((host, kind), Only(routed));
        Assert.Contains(sentence, routed.Unplaced[0].Rejections[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_configured_is_wished_where_the_request_wishes_nothing()
    {
        await using var cloud = await NovaCloud.StartAsync(apisAnswer: true, with: options => options with { Path = "direct" });

        Assert.Equal(RecoveryRoute.Direct, Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), null, Cancellation)).Moves).Route);
        Assert.Equal(RecoveryRoute.Assisted, Assert.Single((await cloud.Inventory.RouteAsync(PlanOf(), RecoveryRoute.Assisted, Cancellation)).Moves).Route);
    }

    private static (string Host, RejectionKind Kind) Only(Plan plan)
    {
        var rejection = Assert.Single(Assert.Single(plan.Unplaced).Rejections);
        return (rejection.Host, rejection.Kind);
    }
}
