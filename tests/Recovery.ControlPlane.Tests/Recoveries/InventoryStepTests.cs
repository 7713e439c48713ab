using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Steps that write where others keep the cluster: on record before they are done, and put back from there.</summary>
public class InventoryStepTests
{
    [Fact]
    public async Task What_will_be_written_is_on_record_before_it_is_done_and_stays_in_the_report()
    {
        await using var bench = await InTheCloudAsync();
        var onRecord = new List<string>();
        bench.CarryOut = step =>
        {
            using var context = bench.CreateDbContext();
            onRecord.Add(context.Journal.AsNoTracking().Single(entry => entry.Action == step.Action).Writes);
            return Done;
        };
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        Assert.Equal(["MarkEvacuation", "MoveAllocations", "Commit"], bench.CarriedOut.Select(step => $"{step.Action}"));
        Assert.Equal(["writes of MarkEvacuation", "writes of MoveAllocations", "writes of Commit"], onRecord);
        await using var journal = bench.CreateDbContext();
        Assert.Equal(
            ["MarkEvacuation in words"],
            (await journal.Journal.SingleAsync(entry => entry.Action == StepAction.MarkEvacuation, Cancel)).Details);
    }

    [Fact]
    public async Task A_step_that_nobody_answers_for_is_repeated_with_what_is_on_record_and_not_thought_out_anew()
    {
        await using var bench = await InTheCloudAsync();
        var (thought, lost) = (0, 2);
        bench.Prepare = step => new PreparedStep($"thought of {step.Action} {++thought}", []);
        bench.CarryOut = step => step.Action == StepAction.MarkEvacuation && lost-- > 0
            ? throw new InventoryUnreachableException("The database of cell1 does not answer.")
            : Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Equal(RecoveryState.Completed, row.State);
        Assert.Equal(
            Enumerable.Repeat("thought of MarkEvacuation 1", 3),
            bench.CarriedOut.Where(step => step.Action == StepAction.MarkEvacuation).Select(step => step.Writes));
    }

    [Fact]
    public async Task What_is_put_back_is_what_earlier_steps_of_this_attempt_have_on_record()
    {
        await using var bench = await InTheCloudAsync();
        bench.Answer = step => step.Action == StepAction.CheckDisks
            ? new(StepOutcome.FailedForGood, "DISK_MISSING", "There is no disk.", [])
            : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);

        var back = bench.CarriedOut.Where(step => InstanceSteps.IsPuttingBack(step.Action)).ToList();
        Assert.Equal([StepAction.ReturnAllocations, StepAction.UnmarkEvacuation], back.Select(step => step.Action));
        Assert.Equal("writes of MoveAllocations", back[0].EarlierWrites[StepAction.MoveAllocations]);
        Assert.Equal("writes of MarkEvacuation", back[1].EarlierWrites[StepAction.MarkEvacuation]);
    }

    [Fact]
    public async Task What_the_inventory_refuses_to_do_is_neither_on_record_nor_done()
    {
        await using var bench = await InTheCloudAsync();
        bench.Prepare = step => step.Action == StepAction.MoveAllocations
            ? new PreparedStep("", [], new(StepOutcome.FailedForGood, "SEVERAL_PROVIDERS", "It has allocations of two providers: hand it to Nova's own evacuate."))
            : Bench.Prepared(step);
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        Assert.Contains("two providers", row.Instances.Single().Reason);
        Assert.Equal(["MarkEvacuation", "ReturnAllocations", "UnmarkEvacuation"], bench.CarriedOut.Select(step => $"{step.Action}"));
        Assert.Empty(bench.Dispatches);
    }

    [Fact]
    public async Task Where_nova_starts_the_guest_it_is_ready_when_nova_says_so_and_nobody_defines_anything()
    {
        await using var bench = await InTheCloudAsync();
        bench.Route = RecoveryRoute.Assisted;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        var started = (await bench.JournalAsync()).Single(entry => entry.Action == StepAction.StartByNova);
        Assert.Equal((RecoveryState.Completed, started.EndedAt), (row.State, row.Instances.Single().ReadyAt));
        Assert.Equal(["a CheckDisks node2"], bench.Sent);
        var step = bench.CarriedOut.Single(each => each.Action == StepAction.StartByNova);
        Assert.Equal(TimeSpan.FromSeconds(bench.Options.Runner.StepSeconds), step.TimeLimit);
        var report = InstanceReport.From(row, row.Instances.Single(), await bench.JournalAsync());
        Assert.Equal((started.EndedAt, null), (report.Timeline.StartedAt, report.Timeline.ConnectedAt));
    }

    [Fact]
    public async Task What_was_off_is_ready_as_soon_as_it_belongs_to_its_target()
    {
        await using var bench = await InTheCloudAsync();
        bench.World = cluster => cluster with { Instances = [.. cluster.Instances.Select(each => each with { State = DomainState.ShutOff })] };
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        var row = await bench.UntilFinalAsync(recovery);

        var commit = (await bench.JournalAsync()).Single(entry => entry.Action == StepAction.Commit);
        Assert.Equal((RecoveryState.Completed, commit.EndedAt), (row.State, row.Instances.Single().ReadyAt));
        Assert.Contains("a belongs to node2 and is off, as it was.", (await bench.EventsAsync()).Select(each => each.Message));
    }

    [Fact]
    public async Task Events_say_whither_and_whence()
    {
        await using var bench = await InTheCloudAsync();
        bench.Answer = step => step.Action == StepAction.CheckDisks
            ? new(StepOutcome.FailedForGood, "DISK_MISSING", "There is no disk.", [])
            : Bench.Done;
        var recovery = await bench.AcceptAsync();

        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);

        var told = (await bench.EventsAsync()).Select(each => each.Message).ToList();
        Assert.Contains("a: tell Nova of its evacuation to node2.", told);
        Assert.Contains("a: check disks on node2 failed: There is no disk.", told);
        Assert.Contains("a: return its allocations from node2.", told);
    }

    private static InventoryAnswer Done => new(StepOutcome.Succeeded, "", "");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<Bench> InTheCloudAsync()
    {
        var bench = new Bench("a") { Route = RecoveryRoute.Direct, Prepare = Bench.Prepared };
        await bench.AttestAsync("node1");
        return bench;
    }
}
