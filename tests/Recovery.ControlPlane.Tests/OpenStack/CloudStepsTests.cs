using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.OpenStack.Writing;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>The steps as the runner takes them, one after the other, on what a real Zed wrote: read, kept, written.</summary>
public sealed class CloudStepsTests
{
    private static readonly StepAction[] Forward =
        [StepAction.MarkEvacuation, StepAction.MoveAllocations, StepAction.MoveAttachments, StepAction.BindPorts, StepAction.Commit];

    private static readonly Dictionary<StepAction, StepAction> Backward = new()
    {
        [StepAction.BindPorts] = StepAction.ReturnPorts,
        [StepAction.MoveAttachments] = StepAction.ReturnAttachments,
        [StepAction.MoveAllocations] = StepAction.ReturnAllocations,
        [StepAction.MarkEvacuation] = StepAction.UnmarkEvacuation,
    };

    [Fact]
    public async Task Step_by_step_an_instance_comes_to_belong_to_its_target()
    {
        await using var story = await CloudStory.BeginAsync();

        foreach (var action in Forward)
        {
            var answer = await story.TakeAsync(action);

            Assert.Equal((action, StepOutcome.Succeeded), (action, answer.Outcome));
            Assert.NotEmpty(story.Words[action]);
        }

        Assert.Equal("node2 node2 active NULL", await story.TellAsync("nova", "SELECT host, node, vm_state, task_state FROM instances WHERE display_name = 'vm-1'"));
        Assert.Equal("done node1 node2", await story.TellAsync("nova", "SELECT status, source_compute, dest_compute FROM migrations"));
        Assert.Equal("node2", await story.TellAsync("placement", $"SELECT DISTINCT p.name FROM allocations a JOIN resource_providers p ON p.id = a.resource_provider_id WHERE a.consumer_id = '{story.Instance}'"));
        Assert.Equal("node2", await story.TellAsync("cinder", "SELECT attached_host FROM volume_attachment WHERE deleted = 0"));
        Assert.Equal("node2", await story.TellAsync("neutron", $"SELECT b.host FROM ml2_port_bindings b JOIN ports p ON p.id = b.port_id WHERE p.device_id = '{story.Instance}'"));
        Assert.Equal("1 1", await story.TellAsync("nova", "SELECT forced_down, disabled FROM services WHERE host = 'node1' AND `binary` = 'nova-compute'"));
    }

    // The answer may get lost in between, so a repeat has to do it too.
    [Theory]
    [InlineData(RecoveryRoute.Direct, "node2 Running")]
    [InlineData(RecoveryRoute.Assisted, "node2 ")]
    public async Task After_the_commit_our_own_book_says_the_same_as_nova(RecoveryRoute route, string expected)
    {
        await using var story = await CloudStory.BeginAsync();
        story.Route = route;
        await story.Own.AddAsync(
            new InstanceRow { Id = story.Instance, Host = "node1", Since = WritableCloud.Now },
            new DomainRow { Host = "node1", Uuid = story.Instance, Name = "instance-00000001", State = DomainState.Running, Definition = "<domain/>", ReportedAt = WritableCloud.Now });
        await story.TakeAsync(StepAction.MarkEvacuation);
        await story.TakeAsync(StepAction.Commit);
        await story.Own.ReadAsync(database => database.Instances.ExecuteUpdateAsync(row => row.SetProperty(each => each.Host, "node1")));

        await story.RepeatAsync(StepAction.Commit);

        var host = await story.Own.ReadAsync(database => database.Instances.Select(row => row.Host).SingleAsync());
        var there = await story.Own.ReadAsync(database => database.Domains.Where(row => row.Host == "node2").Select(row => (DomainState?)row.State).SingleOrDefaultAsync());
        Assert.Equal(expected, $"{host} {there}");
    }

    [Fact]
    public async Task A_commit_that_nova_refuses_leaves_our_own_book_as_it_was()
    {
        await using var story = await CloudStory.BeginAsync();
        await story.Own.AddAsync(new InstanceRow { Id = story.Instance, Host = "node1", Since = WritableCloud.Now });
        await story.TakeAsync(StepAction.MarkEvacuation);
        await story.PrepareAsync(StepAction.Commit);
        await story.Cloud.ExecuteAsync("nova", "UPDATE instances SET host = 'node3' WHERE display_name = 'vm-1'");

        Assert.Equal(StepOutcome.FailedForGood, (await story.RepeatAsync(StepAction.Commit)).Outcome);

        Assert.Equal("node1", await story.Own.ReadAsync(database => database.Instances.Select(row => row.Host).SingleAsync()));
    }

    [Fact]
    public async Task The_rights_that_the_documentation_gives_are_enough()
    {
        await using var story = await CloudStory.BeginAsync();
        await story.Cloud.Databases.GrantAsync(Documentation.Grants(), TestContext.Current.CancellationToken);

        var cloud = await new CloudReader(new CloudConnections(story.Cloud.Databases.Options), TimeProvider.System)
            .ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 3), (cloud.Faults.Count, cloud.Instances.Count));
        foreach (var action in Forward[..^1].Concat(Forward[..^1].Reverse().Select(action => Backward[action])))
        {
            var answer = await story.TakeAsync(action);
            Assert.Equal((action, ""), (action, answer.Outcome == StepOutcome.Succeeded ? "" : answer.Message));
        }
    }

    // A crash may come between the record and the effect, or between the effect and its outcome.
    [Fact]
    public async Task A_repeated_step_does_what_is_on_record_and_finds_it_done()
    {
        await using var story = await CloudStory.BeginAsync();

        foreach (var action in Forward)
        {
            await story.TakeAsync(action);
            var before = await CloudRows.OfAsync(story.Cloud.Databases);

            Assert.Equal(StepOutcome.Succeeded, (await story.RepeatAsync(action)).Outcome);
            Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_fails_is_put_back_from_the_record(int steps)
    {
        await using var story = await CloudStory.BeginAsync();
        var begun = Forward[..steps];
        foreach (var action in begun)
        {
            await story.TakeAsync(action);
        }

        foreach (var action in begun.Reverse())
        {
            Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(Backward[action])).Outcome);
        }

        Assert.Equal("node1 active NULL", await story.TellAsync("nova", "SELECT host, vm_state, task_state FROM instances WHERE display_name = 'vm-1'"));
        Assert.Equal("failed", await story.TellAsync("nova", "SELECT status FROM migrations"));
        Assert.Equal("node1", await story.TellAsync("placement", $"SELECT DISTINCT p.name FROM allocations a JOIN resource_providers p ON p.id = a.resource_provider_id WHERE a.consumer_id = '{story.Instance}'"));
        Assert.Equal("node1", await story.TellAsync("cinder", "SELECT attached_host FROM volume_attachment WHERE deleted = 0"));
        Assert.Equal("node1", await story.TellAsync("neutron", $"SELECT b.host FROM ml2_port_bindings b JOIN ports p ON p.id = b.port_id WHERE p.device_id = '{story.Instance}'"));
    }

    [Fact]
    public async Task Generations_that_others_raise_meanwhile_are_read_again()
    {
        await using var story = await CloudStory.BeginAsync();
        await story.TakeAsync(StepAction.MarkEvacuation);
        await story.PrepareAsync(StepAction.MoveAllocations);
        await story.Cloud.ExecuteAsync("placement", "UPDATE resource_providers SET generation = generation + 7 WHERE name = 'node2'");

        Assert.Equal(StepOutcome.Succeeded, (await story.RepeatAsync(StepAction.MoveAllocations)).Outcome);
    }

    [Fact]
    public async Task Allocations_that_somebody_changed_meanwhile_are_not_moved()
    {
        await using var story = await CloudStory.BeginAsync();
        await story.TakeAsync(StepAction.MarkEvacuation);
        await story.PrepareAsync(StepAction.MoveAllocations);
        await story.Cloud.ExecuteAsync("placement", $"UPDATE allocations SET used = used + 1 WHERE consumer_id = '{story.Instance}'");

        var answer = await story.RepeatAsync(StepAction.MoveAllocations);

        Assert.Equal((StepOutcome.FailedForGood, "ROWS_MOVED"), (answer.Outcome, answer.Code));
    }

    // What is on record was intended; whether it was written, only the rows tell.
    [Fact]
    public async Task What_was_never_written_is_put_back_without_a_word()
    {
        await using var story = await CloudStory.BeginAsync();
        var before = await CloudRows.OfAsync(story.Cloud.Databases);
        foreach (var action in Forward[..^1])
        {
            await story.PrepareAsync(action);
        }

        foreach (var action in Forward[..^1].Reverse())
        {
            Assert.Equal((action, StepOutcome.Succeeded), (action, (await story.TakeAsync(Backward[action])).Outcome));
        }

        Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task An_instance_that_somebody_else_moved_is_refused_before_anything_is_written()
    {
        await using var story = await CloudStory.BeginAsync();
        await story.Cloud.ExecuteAsync("nova", "UPDATE instances SET host = 'node3' WHERE display_name = 'vm-1'");
        var before = await CloudRows.OfAsync(story.Cloud.Databases);

        var refused = await story.PrepareAsync(StepAction.MarkEvacuation);

        Assert.Contains("is on node3 and not on node1 any more", refused.Refusal!.Message);
        Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task Where_nobody_answers_nobody_knows()
    {
        await using var story = await CloudStory.BeginAsync();
        story.Cloud.ConnectionString = "Server=127.0.0.1;Port=1;User ID=x;Password=y";
        await story.PrepareAsync(StepAction.MarkEvacuation);

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.RepeatAsync(StepAction.MarkEvacuation));
    }
}
