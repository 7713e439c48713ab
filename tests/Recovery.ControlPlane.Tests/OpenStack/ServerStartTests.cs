using Recovery.ControlPlane.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>Nova starts a server that belongs to the target by now: once, and only if it is still to be started.</summary>
public sealed class ServerStartTests
{
    [Fact]
    public async Task Given_a_stopped_server_then_nova_is_asked_once_and_waited_for()
    {
        await using var story = await BeginAsync("server-shutoff", "server-powering-on", "server-powering-on", "server-active");
        var before = await Writing.CloudRows.OfAsync(story.Cloud.Databases);

        var answer = await story.TakeAsync(StepAction.StartByNova);

        Assert.Equal((StepOutcome.Succeeded, "Nova runs it on node2."), (answer.Outcome, answer.Message));
        Assert.Equal(["POST action"], story.Living!.Effects);
        Assert.Equal([$"Nova, server vm-1 ({story.Instance}): start on node2"], story.Words[StepAction.StartByNova]);
        Assert.Equal("", (await Writing.CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task Given_it_is_prepared_then_nothing_was_asked_for_yet()
    {
        await using var story = await BeginAsync("server-shutoff");

        Assert.NotEmpty((await story.PrepareAsync(StepAction.StartByNova)).Writes);
        Assert.Empty(story.Living!.Effects);
    }

    [Theory]
    [InlineData("server-active")]
    [InlineData("server-powering-on", "server-active")]
    public async Task Given_a_start_whose_answer_was_lost_when_it_is_repeated_then_nova_is_not_asked_again(params string[] looks)
    {
        await using var story = await BeginAsync(["server-shutoff", .. looks]);
        story.Living!.Lost = 0;
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.StartByNova));

        Assert.Equal(StepOutcome.Succeeded, (await story.RepeatAsync(StepAction.StartByNova)).Outcome);

        Assert.Single(story.Living.Effects);
    }

    [Fact]
    public async Task Given_somebody_started_it_in_that_moment_then_the_conflict_is_looked_at_again()
    {
        await using var story = await BeginAsync("server-shutoff", "server-active");
        story.Living!.Instead = asked => asked.Method == "POST" ? "start-active-conflict" : null;

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.StartByNova)).Outcome);
    }

    [Fact]
    public async Task Given_a_conflict_that_stays_then_it_fails_in_novas_words()
    {
        await using var story = await BeginAsync("server-shutoff");
        story.Living!.Instead = asked => asked.Method == "POST" ? "start-active-conflict" : null;

        var answer = await story.TakeAsync(StepAction.StartByNova);

        Assert.Equal((StepOutcome.FailedForGood, "API_REFUSED"), (answer.Outcome, answer.Code));
        Assert.Contains("while it is in vm_state active", answer.Message, StringComparison.Ordinal);
        Assert.Contains($"openstack server start {story.Instance}", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server-error")]
    [InlineData("server-shutoff", "server-error")]
    public async Task Given_nova_has_it_in_error_then_it_fails_for_good_with_novas_fault(params string[] looks)
    {
        await using var story = await BeginAsync(looks);

        var answer = await story.TakeAsync(StepAction.StartByNova);

        Assert.Equal(StepOutcome.FailedForGood, answer.Outcome);
        Assert.Contains("did not finish being created", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_nova_compute_gives_the_start_up_then_another_try_may_help()
    {
        await using var story = await BeginAsync("server-shutoff");

        var answer = await story.TakeAsync(StepAction.StartByNova);

        Assert.Equal(StepOutcome.FailedTransiently, answer.Outcome);
        Assert.Contains("gave the start of server", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_somebody_moved_it_on_then_it_is_not_started_there()
    {
        await using var story = await BeginAsync("server-shutoff");
        story.Living!.ServerHost = "node3";

        var answer = await story.TakeAsync(StepAction.StartByNova);

        Assert.Equal((StepOutcome.FailedForGood, "ELSEWHERE"), (answer.Outcome, answer.Code));
        Assert.Empty(story.Living.Effects);
    }

    [Theory]
    [InlineData("server-powering-on")]
    [InlineData("server-shutoff")]
    public async Task Given_nova_is_silent_then_nobody_knows_and_it_is_asked_again(string look)
    {
        await using var story = await BeginAsync(look);
        story.Living!.Silent = "/servers/";

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.StartByNova));
    }

    private static async Task<CloudStory> BeginAsync(params string[] looks)
    {
        var story = await CloudStory.BeginAsync(apis: true);
        story.Route = RecoveryRoute.Assisted;
        story.Living!.Looks.Clear();
        foreach (var look in looks)
        {
            story.Living.Looks.Enqueue(look);
        }

        return story;
    }
}
