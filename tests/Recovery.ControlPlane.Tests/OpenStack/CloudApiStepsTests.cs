using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Tests.OpenStack.Writing;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>Volumes and ports by Cinder's and Neutron's APIs: forward, after a crash anywhere, back, and without them.</summary>
public sealed class CloudApiStepsTests
{
    private const string Silence = "/attachments";

    /// <summary>Create, delete, update, complete.</summary>
    public static TheoryData<int> Calls => [0, 1, 2, 3];

    [Fact]
    public async Task Given_cinder_answers_when_attachments_are_moved_then_cinder_does_it_and_nova_is_told_of_the_new_one()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        var before = await CloudRows.OfAsync(story.Cloud.Databases);

        var answer = await story.TakeAsync(StepAction.MoveAttachments);

        Assert.Equal((StepOutcome.Succeeded, "1 attachment is moved by Cinder."), (answer.Outcome, answer.Message));
        var attachment = Assert.Single(story.Living!.Attachments);
        Assert.Equal(("attached", "node2", "10.77.0.12", "iqn.2026-11.lab:node2", "/dev/vdb"), (
            attachment.Status, (string?)attachment.Connector!["host"], (string?)attachment.Connector["ip"],
            (string?)attachment.Connector["initiator"], (string?)attachment.Connector["mountpoint"]));
        await AssertSavedAsync(story, attachment.Id);
        Assert.All(
            (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            changed => Assert.StartsWith("  nova.block_device_mapping 4:", changed, StringComparison.Ordinal));
        Assert.StartsWith($"Cinder, volume {story.Living.Volume}: its attachment moves from node1 to node2 by the API", story.Words[StepAction.MoveAttachments][0], StringComparison.Ordinal);
    }

    // Invariant 2: after the first call nobody could tell any more what was there.
    [Fact]
    public async Task Given_it_is_prepared_then_what_is_left_is_on_record_and_nothing_was_asked_for_yet()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);

        var prepared = await story.PrepareAsync(StepAction.MoveAttachments);

        Assert.Empty(story.Living!.Effects);
        var turn = JsonNode.Parse(prepared.Writes)!["Attachments"]![0]!;
        Assert.Equal($"{story.Living.Original}", (string?)turn["Original"]);
        Assert.Equal([$"{story.Living.Original}"], turn["Left"]!.AsArray().Select(each => (string)each!));
        Assert.Equal("node1", (string?)turn["Origin"]!["host"]);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Given_a_crash_before_the_answer_to_a_call_when_the_step_is_repeated_then_it_goes_on_from_there(int call)
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Lost = call;

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.MoveAttachments));
        var answer = await story.RepeatAsync(StepAction.MoveAttachments);

        Assert.Equal(StepOutcome.Succeeded, answer.Outcome);
        Assert.Equal(["POST attachments", "DELETE", "PUT", "POST action"], story.Living.Effects.Select(WithoutId));
        await AssertSavedAsync(story, Assert.Single(story.Living.Attachments).Id);
        Assert.Equal(StepOutcome.Succeeded, (await story.RepeatAsync(StepAction.MoveAttachments)).Outcome);
        Assert.Equal(4, story.Living.Effects.Count);
    }

    // Read again, the new attachment would be taken for the one to be left.
    [Fact]
    public async Task Given_a_try_that_failed_in_the_middle_when_it_is_tried_again_then_it_goes_on_with_what_was_recorded()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Instead = asked => asked.Method == "PUT" ? "attachment-update-duplicate-connectors" : null;
        var failed = await story.TakeAsync(StepAction.MoveAttachments);
        var first = story.Writes[StepAction.MoveAttachments];
        story.Living.Instead = _ => null;

        var answer = await story.TakeAsync(StepAction.MoveAttachments);

        Assert.Equal((StepOutcome.FailedTransiently, "API_FAILED"), (failed.Outcome, failed.Code));
        Assert.Contains("duplicate connectors detected", failed.Message, StringComparison.Ordinal);
        Assert.Equal((StepOutcome.Succeeded, first), (answer.Outcome, story.Writes[StepAction.MoveAttachments]));
        Assert.Equal(1, story.Living.Effects.Count(each => each == "POST attachments"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Given_a_move_that_ended_anywhere_when_it_is_put_back_then_the_volume_is_the_sources_again(int call)
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        var before = await CloudRows.OfAsync(story.Cloud.Databases);
        await MovedUntilAsync(story, call);

        var answer = await story.TakeAsync(StepAction.ReturnAttachments);

        Assert.Equal(StepOutcome.Succeeded, answer.Outcome);
        var attachment = Assert.Single(story.Living!.Attachments);
        Assert.Equal(("attached", "node1"), (attachment.Status, (string?)attachment.Connector!["host"]));
        if (call == 0)
        {
            Assert.Equal(story.Living.Original, attachment.Id);
            Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before, history: false));
        }
        else
        {
            await AssertSavedAsync(story, attachment.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Given_a_crash_while_it_is_put_back_when_that_is_repeated_then_it_goes_on_from_there(int call)
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        await story.TakeAsync(StepAction.MoveAttachments);
        story.Living!.Lost = 4 + call;

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.ReturnAttachments));
        var answer = await story.RepeatAsync(StepAction.ReturnAttachments);

        Assert.Equal((StepOutcome.Succeeded, 8), (answer.Outcome, story.Living.Effects.Count));
        var attachment = Assert.Single(story.Living.Attachments);
        Assert.Equal("node1", (string?)attachment.Connector!["host"]);
        await AssertSavedAsync(story, attachment.Id);
    }

    [Fact]
    public async Task Given_cinder_was_asked_and_is_silent_when_it_is_put_back_then_its_rows_are_left_alone_until_it_answers()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        await story.TakeAsync(StepAction.MoveAttachments);
        await story.PrepareAsync(StepAction.ReturnAttachments);
        var before = await CloudRows.OfAsync(story.Cloud.Databases);
        story.Living!.Silent = Silence;

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.RepeatAsync(StepAction.ReturnAttachments));

        Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
        story.Living.Silent = null;
        Assert.Equal(StepOutcome.Succeeded, (await story.RepeatAsync(StepAction.ReturnAttachments)).Outcome);
    }

    [Fact]
    public async Task Given_cinder_is_silent_then_its_rows_are_written_and_that_is_said_and_taken_back_in_rows()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Silent = Silence;

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.MoveAttachments)).Outcome);

        Assert.StartsWith("Cinder's API can't be used, so its rows are written: Cinder at ", story.Words[StepAction.MoveAttachments][0], StringComparison.Ordinal);
        Assert.Equal("node2", await story.TellAsync("cinder", "SELECT attached_host FROM volume_attachment WHERE deleted = 0"));

        story.Living.Silent = null;
        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.ReturnAttachments)).Outcome);
        Assert.Empty(story.Living.Effects);
        Assert.Equal("node1", await story.TellAsync("cinder", "SELECT attached_host FROM volume_attachment WHERE deleted = 0"));
    }

    [Fact]
    public async Task Given_a_chap_password_then_nova_gets_it_and_no_journal_and_no_message()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Connection = info => (info["auth_username"], info["auth_password"]) = ("u1", "s3cret");

        var answer = await story.TakeAsync(StepAction.MoveAttachments);

        Assert.Contains("s3cret", await story.TellAsync("nova", "SELECT connection_info FROM block_device_mapping WHERE id = 4"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", story.Writes[StepAction.MoveAttachments] + answer + string.Join('\n', story.Words[StepAction.MoveAttachments]), StringComparison.Ordinal);
    }

    // Invariant 4: where LUNs are numbered for each host, the old number is another's volume on the target.
    [Fact]
    public async Task Given_the_target_gets_the_volume_by_another_number_then_no_executor_connects_it_and_it_is_put_back()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Connection = info => info["name"] = "volume-at-another-place";

        var answer = await story.TakeAsync(StepAction.MoveAttachments);

        Assert.Equal((StepOutcome.FailedForGood, "VOLUME_ELSEWHERE"), (answer.Outcome, answer.Code));
        Assert.Contains("by the route assisted", answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another-place", await story.TellAsync("nova", "SELECT connection_info FROM block_device_mapping WHERE id = 4"), StringComparison.Ordinal);
        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.ReturnAttachments)).Outcome);
        Assert.Equal("node1", (string?)Assert.Single(story.Living.Attachments).Connector!["host"]);
    }

    [Fact]
    public async Task Given_nova_makes_the_definition_then_the_volume_may_have_another_number()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Route = RecoveryRoute.Assisted;
        story.Living!.Connection = info => info["name"] = "volume-at-another-place";

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.MoveAttachments)).Outcome);

        Assert.Contains("another-place", await story.TellAsync("nova", "SELECT connection_info FROM block_device_mapping WHERE id = 4"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_somebody_detached_the_volume_meanwhile_then_cinder_is_asked_for_nothing()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        await story.PrepareAsync(StepAction.MoveAttachments);
        await story.Cloud.ExecuteAsync("nova", "UPDATE block_device_mapping SET deleted = id WHERE id = 4");

        var answer = await story.RepeatAsync(StepAction.MoveAttachments);

        Assert.Equal((StepOutcome.FailedForGood, "VOLUME_GONE"), (answer.Outcome, answer.Code));
        Assert.Empty(story.Living!.Effects);
    }

    [Fact]
    public async Task Given_neutron_answers_when_ports_are_bound_then_neutron_does_it_and_no_row_is_written()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        var before = await CloudRows.OfAsync(story.Cloud.Databases);

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.BindPorts)).Outcome);
        Assert.Equal(("node2", "compute:nova"), (story.Living!.PortHost, story.Living.PortOwner));
        Assert.Equal(
            [$"Neutron, port {story.Living.Port}: bound to node1 → node2 by the API, device_owner compute:nova → compute:nova"],
            story.Words[StepAction.BindPorts]);

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.ReturnPorts)).Outcome);
        Assert.Equal("node1", story.Living.PortHost);
        Assert.Equal("", (await CloudRows.OfAsync(story.Cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task Given_no_agent_on_the_target_when_ports_are_bound_then_the_step_fails_in_neutrons_words()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.VifType = "binding_failed";

        var failed = await story.TakeAsync(StepAction.BindPorts);

        Assert.Equal((StepOutcome.FailedTransiently, "API_FAILED"), (failed.Outcome, failed.Code));
        Assert.Contains($"could not bind port {story.Living.Port} to node2 (binding_failed)", failed.Message, StringComparison.Ordinal);

        // The source is dead, so nothing there binds it either; and it is the source's again.
        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.ReturnPorts)).Outcome);
        Assert.Equal("node1", story.Living.PortHost);
    }

    [Fact]
    public async Task Given_a_lost_answer_when_a_port_is_bound_again_then_the_record_still_says_where_it_was()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Lost = 0;
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.BindPorts));
        await story.Cloud.ExecuteAsync("neutron", $"UPDATE ml2_port_bindings SET host = 'node2' WHERE port_id = '{story.Living.Port}'");

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.BindPorts)).Outcome);
        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.ReturnPorts)).Outcome);

        Assert.Equal("node1", story.Living.PortHost);
    }

    [Fact]
    public async Task Given_neutron_is_silent_then_its_rows_are_written_and_that_is_said()
    {
        await using var story = await CloudStory.BeginAsync(apis: true);
        story.Living!.Silent = "/v2.0/";

        Assert.Equal(StepOutcome.Succeeded, (await story.TakeAsync(StepAction.BindPorts)).Outcome);

        Assert.StartsWith("Neutron's API can't be used, so its rows are written: ", story.Words[StepAction.BindPorts][0], StringComparison.Ordinal);
        Assert.Equal("node2", await story.TellAsync("neutron", $"SELECT host FROM ml2_port_bindings WHERE port_id = '{story.Living.Port}'"));
    }

    private static async Task MovedUntilAsync(CloudStory story, int call)
    {
        if (call == 0)
        {
            await story.PrepareAsync(StepAction.MoveAttachments);
            return;
        }

        story.Living!.Lost = call - 1;
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => story.TakeAsync(StepAction.MoveAttachments));
    }

    private static async Task AssertSavedAsync(CloudStory story, Guid attachment) => Assert.Equal(
        $"{attachment} {story.Living!.Volume}",
        await story.TellAsync("nova", "SELECT attachment_id, JSON_VALUE(connection_info, '$.serial') FROM block_device_mapping WHERE id = 4"));

    private static string WithoutId(string effect) => effect.Split(' ') is [var method, var last] && Guid.TryParse(last, out _) ? method : effect;
}
