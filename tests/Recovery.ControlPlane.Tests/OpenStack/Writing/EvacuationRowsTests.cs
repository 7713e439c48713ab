using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>Exactly these rows change, on what a real Zed wrote, and nothing else anywhere.</summary>
public sealed class EvacuationRowsTests
{
    private const string Initiator = "iqn.1993-08.org.debian:01:node2";

    [Fact]
    public async Task An_instance_with_a_volume_moves_in_the_databases_alone()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        var before = await CloudRows.OfAsync(cloud.Databases);

        await cloud.WriteAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));
        Golden.Check("tx-a", (await CloudRows.OfAsync(cloud.Databases)).Since(before));
        var started = await CloudRows.OfAsync(cloud.Databases);

        await cloud.WriteAsync(AllocationMove.Of(facts, target, WritableCloud.Now).Transaction);
        Golden.Check("tx-b", (await CloudRows.OfAsync(cloud.Databases)).Since(started));
        var moved = await CloudRows.OfAsync(cloud.Databases);

        await cloud.WriteAsync(AttachmentRows.Of(facts, target with { InitiatorName = Initiator }, WritableCloud.Now), PortRows.Of(facts, target, WritableCloud.Now));
        Golden.Check("cinder-neutron", (await CloudRows.OfAsync(cloud.Databases)).Since(moved));
        var attached = await CloudRows.OfAsync(cloud.Databases);

        await cloud.WriteAsync(EvacuationCommit.Of(facts, target, mark, EvacuationPath.Direct, Later).Transaction);
        Golden.Check("tx-c", (await CloudRows.OfAsync(cloud.Databases)).Since(attached));
    }

    [Theory]
    [InlineData("active", EvacuationPath.Direct, "active 1 2026-11-23 12:00:09")]
    [InlineData("active", EvacuationPath.Assisted, "stopped 4 2026-11-22 19:29:13")]
    [InlineData("stopped", EvacuationPath.Direct, "stopped 4 2026-11-22 19:29:13")]
    [InlineData("stopped", EvacuationPath.Assisted, "stopped 4 2026-11-22 19:29:13")]
    [InlineData("paused", EvacuationPath.Direct, "paused 3 2026-11-23 12:00:09")]
    [InlineData("paused", EvacuationPath.Assisted, "stopped 4 2026-11-22 19:29:13")]
    public async Task What_it_was_decides_what_it_is_said_to_be(string state, EvacuationPath path, string expected)
    {
        await using var cloud = await WritableCloud.StartAsync();
        await cloud.ExecuteAsync("nova", $"UPDATE instances SET vm_state = '{state}', launched_at = '2026-11-22 19:29:13' WHERE display_name = 'vm-2'");
        var (facts, target, mark) = await GivenAsync(cloud, "vm-2", "node3");

        await cloud.WriteAsync(
            EvacuationStart.Of(facts, target, mark, WritableCloud.Now),
            EvacuationCommit.Of(facts, target, mark, path, Later).Transaction);

        Assert.Equal(
            $"node3 node3 nova NULL {expected}",
            await cloud.TellAsync("nova", "SELECT host, node, availability_zone, task_state, vm_state, power_state, launched_at FROM instances WHERE display_name = 'vm-2'"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Given_up_after_any_step_everything_but_history_is_as_before(int last)
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        await cloud.ExecuteAsync("neutron", $"INSERT INTO ml2_port_bindings SELECT port_id, 'node2', vif_type, vnic_type, profile, vif_details, 'INACTIVE' FROM ml2_port_bindings WHERE port_id = '{facts.Ports[0].Id}'");
        facts = await cloud.FactsAsync("vm-1");
        var before = await CloudRows.OfAsync(cloud.Databases);
        ForeignTransaction[] steps =
        [
            EvacuationStart.Of(facts, target, mark, WritableCloud.Now),
            AllocationMove.Of(facts, target, WritableCloud.Now).Transaction!,
            AttachmentRows.Of(facts, target with { InitiatorName = Initiator }, WritableCloud.Now)!,
            PortRows.Of(facts, target, WritableCloud.Now)!,
        ];
        await cloud.WriteAsync(steps[..(last + 1)]);

        // Twice: a step that undoes may be interrupted as well.
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await cloud.WriteAsync([.. steps[1..(last + 1)].Reverse().Select(step => Reversal.Of(step, Later))]);
            await cloud.WriteAsync(EvacuationUndo.Of(steps[0], Later));
        }

        await cloud.WriteAsync(SourceReturn.Of(await cloud.ServiceAsync("node1"), "cell1", Later).Transaction);
        var after = await CloudRows.OfAsync(cloud.Databases);
        Assert.Equal("", after.Since(before, history: false));
        Assert.Equal("failed", await cloud.TellAsync("nova", $"SELECT status FROM migrations WHERE instance_uuid = '{facts.Instance.Uuid}'"));
        if (last == 3)
        {
            Golden.Check("undone", after.Since(before));
        }
    }

    [Fact]
    public async Task A_second_recovery_back_to_the_first_host_closes_the_row_that_would_have_it_destroyed_there()
    {
        await using var cloud = await WritableCloud.StartAsync("after-evacuation");
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node1");
        var before = await CloudRows.OfAsync(cloud.Databases);

        await cloud.WriteAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        Golden.Check("tx-a-back", (await CloudRows.OfAsync(cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task There_and_back_again_leaves_only_history()
    {
        await using var cloud = await WritableCloud.StartAsync();
        await cloud.ExecuteAsync("nova", "UPDATE instances SET vm_state = 'stopped', power_state = 4 WHERE display_name = 'vm-1'");
        var before = await CloudRows.OfAsync(cloud.Databases);

        foreach (var (number, from, to) in new[] { (1, "node1", "node2"), (2, "node2", "node1") })
        {
            var (facts, target, _) = await GivenAsync(cloud, "vm-1", to);
            var mark = new EvacuationMark(WritableCloud.Recovery, facts.Instance.Uuid, number);
            var initiator = JsonKeys.Text(JsonKeys.Parse(facts.Attachments[0].Connector)!["initiator"]);
            await cloud.WriteAsync(
                EvacuationStart.Of(facts, target, mark, WritableCloud.Now),
                AllocationMove.Of(facts, target, WritableCloud.Now).Transaction,
                AttachmentRows.Of(facts, target with { InitiatorName = initiator! }, WritableCloud.Now),
                PortRows.Of(facts, target, WritableCloud.Now),
                EvacuationCommit.Of(facts, target, mark, EvacuationPath.Direct, Later).Transaction);

            // What its nova-compute does when it comes back.
            await cloud.ExecuteAsync("nova", $"UPDATE migrations SET status = 'completed' WHERE source_compute = '{from}' AND status = 'done'");
            await cloud.WriteAsync(SourceReturn.Of(await cloud.ServiceAsync(from), "cell1", Later).Transaction);
        }

        Assert.Equal("", (await CloudRows.OfAsync(cloud.Databases)).Since(before, history: false));
        Assert.Equal("node1 node2 completed\nnode2 node1 completed", await cloud.TellAsync("nova", "SELECT source_compute, dest_compute, status FROM migrations ORDER BY id"));
    }

    [Theory]
    [InlineData("UPDATE instances SET task_state = NULL, vm_state = 'error' WHERE display_name = 'vm-1'", "NULL error", "failed")]
    [InlineData("UPDATE migrations SET status = 'completed'", "NULL active", "completed")]
    public async Task What_others_did_meanwhile_leaves_no_active_row_behind_a_recovery_that_is_given_up(string meanwhile, string instance, string migration)
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        var start = EvacuationStart.Of(facts, target, mark, WritableCloud.Now);
        await cloud.WriteAsync(start);
        await cloud.ExecuteAsync("nova", meanwhile);

        await cloud.WriteAsync(EvacuationUndo.Of(start, Later));

        Assert.Equal(instance, await cloud.TellAsync("nova", "SELECT task_state, vm_state FROM instances WHERE display_name = 'vm-1'"));
        Assert.Equal(migration, await cloud.TellAsync("nova", "SELECT status FROM migrations"));
    }

    [Fact]
    public async Task A_commit_that_comes_after_giving_up_is_refused()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        var start = EvacuationStart.Of(facts, target, mark, WritableCloud.Now);
        await cloud.WriteAsync(start, EvacuationUndo.Of(start, Later));

        var outcome = await cloud.ApplyAsync(EvacuationCommit.Of(facts, target, mark, EvacuationPath.Direct, Later).Transaction!);

        Assert.False(outcome.Done);
        Assert.Contains("expected task_state rebuilding, found task_state none.", outcome.Message, StringComparison.Ordinal);
        Assert.Equal("failed", await cloud.TellAsync("nova", "SELECT status FROM migrations"));
    }

    [Fact]
    public async Task A_source_that_set_its_row_to_completed_meanwhile_does_not_stop_the_commit()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        await cloud.WriteAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));
        await cloud.ExecuteAsync("nova", "UPDATE migrations SET status = 'completed'");

        // Its nova-compute has deleted these as well.
        await cloud.ExecuteAsync("placement", $"DELETE FROM allocations WHERE consumer_id = '{facts.Instance.Uuid}'; DELETE FROM consumers WHERE uuid = '{facts.Instance.Uuid}'");
        var before = await CloudRows.OfAsync(cloud.Databases);

        var restore = AllocationRestore.Of(facts, target, WritableCloud.Now).Transaction;
        await cloud.WriteAsync(EvacuationCommit.Of(facts, target, mark, EvacuationPath.Direct, Later).Transaction, restore, restore);

        Golden.Check("tx-c-completed", (await CloudRows.OfAsync(cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task A_reason_that_somebody_else_gave_stays_and_is_not_taken_away_later()
    {
        await using var cloud = await WritableCloud.StartAsync();
        await cloud.ExecuteAsync("nova", "UPDATE services SET disabled = 1, disabled_reason = 'new disks on Monday' WHERE host = 'node1'");
        var (facts, target, mark) = await GivenAsync(cloud, "vm-1", "node2");

        await cloud.WriteAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        Assert.Equal("1 1 new disks on Monday", await cloud.TellAsync("nova", "SELECT forced_down, disabled, disabled_reason FROM services WHERE host = 'node1'"));
        Assert.Contains("node1 was not disabled by Recovery", SourceReturn.Of(await cloud.ServiceAsync("node1"), "cell1", Later).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_instances_of_a_host_start_side_by_side()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (first, target, mark) = await GivenAsync(cloud, "vm-1", "node2");
        var (second, other, otherMark) = await GivenAsync(cloud, "vm-2", "node3");

        await cloud.WriteAsync(
            EvacuationStart.Of(first, target, mark, WritableCloud.Now), EvacuationStart.Of(second, other, otherMark, WritableCloud.Now));

        Assert.Equal($"1 1 {EvacuationStart.Reason(WritableCloud.Recovery)}", await cloud.TellAsync("nova", "SELECT forced_down, disabled, disabled_reason FROM services WHERE host = 'node1'"));
        Assert.Equal("2", await cloud.TellAsync("nova", "SELECT COUNT(*) FROM migrations WHERE status = 'accepted'"));
    }

    [Theory]
    [InlineData("accepted", 0)]
    [InlineData("pre-migrating", 0)]
    [InlineData("done", 7)]
    public async Task A_host_returns_only_when_nothing_arms_its_clean_up_any_more(string status, int deleted)
    {
        await using var cloud = await WritableCloud.StartAsync("after-evacuation");
        await cloud.ExecuteAsync(
            "nova",
            $"""
            UPDATE services SET forced_down = 1, disabled = 1, disabled_reason = '{EvacuationStart.Reason(WritableCloud.Recovery)}' WHERE host = 'node1';
            UPDATE migrations SET status = 'completed';
            UPDATE migrations SET status = '{status}', deleted = {deleted} WHERE id = 2;
            """);
        var back = SourceReturn.Of(await cloud.ServiceAsync("node1"), "cell1", Later).Transaction!;

        var refused = await cloud.ApplyAsync(back);
        await cloud.ExecuteAsync("nova", "UPDATE migrations SET status = 'completed'");
        await cloud.WriteAsync(back, back);

        Assert.False(refused.Done);
        Assert.Contains($"1 row has source_compute node1, migration_type evacuation, status {status}, and none may.", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0 0 NULL", await cloud.TellAsync("nova", "SELECT forced_down, disabled, disabled_reason FROM services WHERE host = 'node1'"));
    }

    private static DateTimeOffset Later => WritableCloud.Now.AddSeconds(9);

    private static async Task<(InstanceFacts Facts, TargetFacts Target, EvacuationMark Mark)> GivenAsync(WritableCloud cloud, string name, string target)
    {
        var facts = await cloud.FactsAsync(name);
        return (facts, await cloud.TargetAsync(target), new EvacuationMark(WritableCloud.Recovery, facts.Instance.Uuid, 1));
    }
}
