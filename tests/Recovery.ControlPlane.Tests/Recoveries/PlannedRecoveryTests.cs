using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>What runs is the plan that was shown; what could not be kept of it is an event.</summary>
public class PlannedRecoveryTests
{
    [Fact]
    public async Task What_was_shown_is_what_runs_even_where_a_new_plan_would_differ()
    {
        await using var bench = new Bench("a", "b");
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync(await ShowAsync(bench, "node3", "node3"), []);

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        Assert.All(row.Instances, each => Assert.Equal("node3", each.Target));
        Assert.DoesNotContain(await bench.EventsAsync(), happened => happened.Type == EventTypes.Replan);
    }

    [Fact]
    public async Task A_target_that_was_switched_off_since_is_mended_for_what_was_to_go_there_alone_and_said()
    {
        await using var bench = new Bench("a", "b");
        await bench.AttestAsync("node1");
        var plan = await ShowAsync(bench, "node2", "node3");
        bench.World = snapshot => snapshot.Without("node2");
        var recovery = await bench.AcceptAsync(plan, []);

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.All(row.Instances, each => Assert.Equal((InstanceState.Recovered, "node3"), (each.State, each.Target)));
        var change = Assert.Single(await bench.EventsAsync(), happened => happened.Type == EventTypes.Replan);
        Assert.StartsWith("a goes to node3 instead of node2", change.Message, StringComparison.Ordinal);
        Assert.Equal(["node3", "node3"], row.Plan!.Moves.Select(move => move.Target));
    }

    [Fact]
    public async Task The_plan_that_a_recovery_shows_is_the_one_in_force_after_the_second_look()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var looks = 0;
        bench.World = snapshot => looks++ == 0 ? snapshot : snapshot.Without("node2");
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal("node3", Assert.Single(row.Instances).Target);
        Assert.Equal("node3", Assert.Single(row.Plan!.Moves).Target);
    }

    [Fact]
    public async Task A_guest_that_appeared_since_comes_along()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var plan = await ShowAsync(bench, "node3");
        bench.Instances.Add(Bench.NewInstance("late"));
        var recovery = await bench.AcceptAsync(plan, []);

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(["a", "late"], row.Instances.OrderBy(each => each.Position).Select(each => each.Name));
        Assert.Contains(await bench.EventsAsync(), happened =>
            happened.Type == EventTypes.Replan && happened.Message.StartsWith("late was not in the plan; it goes to ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_that_is_not_kept_any_more_is_made_anew_and_said()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync(Guid.CreateVersion7(), []);

        await bench.StartAsync();

        Assert.Equal(RecoveryState.Completed, (await bench.UntilFinalAsync(recovery)).State);
        Assert.Contains(await bench.EventsAsync(), happened =>
            happened.Type == EventTypes.Replan && happened.Message.EndsWith("is not kept any more, so everything is planned anew.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_retry_is_planned_anew_whatever_the_plan_said()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        var recovery = await bench.AcceptAsync(await ShowAsync(bench, "node3"), []);
        await using (var context = bench.CreateDbContext())
        {
            var row = Recovery.ControlPlane.Tests.Api.Rows.Instance(recovery, bench.Instances[0].Id, "a", InstanceState.Waiting, target: null);
            context.RecoveryInstances.Add(row);
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        bench.World = snapshot => snapshot.Without("node3");
        await bench.StartAsync();
        var ended = await bench.UntilFinalAsync(recovery);

        Assert.Equal("node2", ended.Instances.Single().Target);
        Assert.DoesNotContain(await bench.EventsAsync(), happened => happened.Type == EventTypes.Replan);
    }

    [Fact]
    public async Task What_a_target_would_refuse_does_not_go_there()
    {
        await using var bench = new Bench("a");
        await bench.AttestAsync("node1");
        bench.Targets.Answer = asked => asked.Host == "node2" ? Targets.Refused("it has no br1") : Targets.Said();
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();

        Assert.Equal("node3", (await bench.UntilFinalAsync(recovery)).Instances.Single().Target);
    }

    [Fact]
    public async Task What_waits_for_another_starts_when_that_one_runs()
    {
        await using var bench = new Bench("app", "db");
        await bench.AttestAsync("node1");
        bench.Instances[0] = bench.Instances[0] with { Policy = new InstancePolicy { After = [bench.Instances[1].Id] } };
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);

        var sent = bench.Sent.Select(step => string.Join(' ', step.Split(' ').Take(2))).ToList();
        Assert.True(sent.IndexOf("db Verify") < sent.IndexOf("app CheckDisks"), string.Join(", ", sent));
        Assert.DoesNotContain(await bench.EventsAsync(), happened => happened.Type == EventTypes.Alarm);
    }

    [Fact]
    public async Task What_waits_for_one_that_fails_is_brought_up_all_the_same_and_somebody_is_told()
    {
        await using var bench = new Bench("app", "db");
        await bench.AttestAsync("node1");
        bench.Instances[0] = bench.Instances[0] with { Policy = new InstancePolicy { After = [bench.Instances[1].Id] } };
        bench.Answer = step => step is { Action: StepAction.Define, Instance.Name: "db" }
            ? new StepReply(StepOutcome.FailedForGood, "LIBVIRT_REFUSED", "The disk is gone.", [])
            : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(InstanceState.Recovered, row.Instances.Single(each => each.Name == "app").State);
        Assert.Contains(await bench.EventsAsync(), happened =>
            happened.Type == EventTypes.Alarm && happened.Message == "app waits for db, which is failed; it is brought up all the same.");
    }

    // As POST /v1/plans would have kept it; node2 or node3 for each instance.
    private static async Task<Guid> ShowAsync(Bench bench, params string[] targets)
    {
        var id = Guid.CreateVersion7();
        await using var context = bench.CreateDbContext();
        context.Plans.Add(new PlanRow
        {
            Id = id,
            At = DateTimeOffset.UtcNow,
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
            Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8),
            WholeHosts = true,
            Plan = new Plan(
                [.. bench.Instances.Zip(targets, (instance, target) => new Move(instance.Id, instance.Name, "node1", target, PowerIntent.Run))], []),
            Changes = [],
            Estimate = PlanTimes.Of([], RecoveryHistory.None, 8, 4),
            Warnings = [],
        });
        await context.SaveChangesAsync();
        return id;
    }
}
