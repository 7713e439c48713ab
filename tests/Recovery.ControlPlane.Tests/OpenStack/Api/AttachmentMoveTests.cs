using System.Net;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Tests.OpenStack.Api;

/// <summary>Cinder, by what a real Zed answered in each state of a move.</summary>
public sealed class AttachmentMoveTests : IAsyncLifetime
{
    private static readonly Guid Old = Guid.Parse(ReplayedCloud.OldAttachment);
    private static readonly Guid New = Guid.Parse(ReplayedCloud.NewAttachment);

    private static readonly AttachmentMove Move = new()
    {
        Volume = Guid.Parse(ReplayedCloud.Volume),
        Instance = Guid.Parse(ReplayedCloud.Server),
        Left = [Old],
    };

    // What Cinder lists, and the one call that leads on from there.
    private static readonly (string Listed, string Call, string Answer)[] Way =
    [
        ("attachments-old", "POST attachments", "attachment-created"),
        ("attachments-old-and-reserved", $"DELETE attachments/{Old}", "attachment-deleted"),
        ("attachments-reserved", $"PUT attachments/{New}", "attachment-updated"),
        ("attachments-updated", $"POST attachments/{New}/action", "attachment-completed"),
        ("attachments-completed", "", ""),
    ];

    private readonly JsonObject connector = new() { ["host"] = "node2", ["ip"] = "10.77.0.12", ["mountpoint"] = "/dev/vdb" };
    private ReplayedCloud cloud = null!;
    private int at;
    private Guid? saved = Old;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await ReplayedCloud.StartAsync();
        cloud.Answer = AsCinder;
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Given_a_volume_when_its_attachment_is_moved_then_it_goes_in_the_only_order_that_cinder_allows()
    {
        using var apis = cloud.Apis();

        var done = await DriveAsync(() => apis);

        Assert.Equal(
            ["Create", "Save", "Delete", "Update", "Complete", "Done"],
            done.Select(step => step.Kind.ToString()));
        Assert.Equal(New, saved);
        Assert.Equal("nfs", (string?)done[^2].Attachment!.ConnectionInfo!["driver_volume_type"]);
        var delete = cloud.Asked.Single(asked => asked.Method == "DELETE");
        Assert.Equal("token-1", delete.Headers["X-Service-Token"]);
        Assert.Equal("volume 3.59", delete.Headers["OpenStack-API-Version"]);
        Assert.DoesNotContain(cloud.Asked, asked => asked.Method == "PUT" && asked.Headers.ContainsKey("X-Service-Token"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Given_a_crash_before_the_answer_to_a_call_when_it_is_resumed_then_nothing_is_done_twice(int call)
    {
        cloud.Answer = asked =>
        {
            var before = at;
            var answer = AsCinder(asked);
            return at > before && before == call ? null : answer;
        };
        using (var first = cloud.Apis())
        {
            await Assert.ThrowsAsync<OpenStackApiException>(() => DriveAsync(() => first));
        }

        Assert.Equal(call + 1, at);
        using var second = cloud.Apis();
        await DriveAsync(() => second);

        Assert.Equal((Way.Length - 1, New), (at, saved!.Value));
        Assert.Equal(4, cloud.Asked.Count(asked => asked.Method != "GET" && !asked.Path.EndsWith("tokens", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Given_a_crash_before_each_single_call_then_new_clients_go_on_where_the_old_ones_ended()
    {
        var made = new List<OpenStackApis>();

        await DriveAsync(() =>
        {
            made.Add(cloud.Apis());
            return made[^1];
        });

        Assert.Equal((Way.Length - 1, New), (at, saved!.Value));
        made.ForEach(apis => apis.Dispose());
    }

    [Fact]
    public async Task Given_cinder_answers_500_to_an_update_then_it_is_tried_again()
    {
        var broken = 2;
        cloud.Answer = asked => asked.Method == "PUT" && broken-- > 0 ? "attachment-update-duplicate-connectors" : AsCinder(asked);
        using var apis = cloud.Apis();

        await DriveAsync(() => apis);

        Assert.Equal(3, cloud.Asked.Count(asked => asked.Method == "PUT"));
    }

    [Fact]
    public async Task Given_cinder_goes_on_answering_500_then_its_words_come_with_a_retry_that_can_help()
    {
        cloud.Answer = _ => "attachment-update-duplicate-connectors";
        using var apis = cloud.Apis();

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.BlockStorage.UpdateAsync(New, connector, Cancel));

        Assert.Equal((HttpStatusCode.InternalServerError, true), (failure.Status!.Value, failure.RetryCanHelp));
        Assert.Contains("duplicate connectors detected", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, cloud.Lines.Count());
    }

    [Fact]
    public async Task Given_a_user_without_the_role_service_when_it_deletes_then_the_sentence_says_which_role_is_missing()
    {
        cloud.Answer = _ => "attachment-delete-service-token-refused";
        using var apis = cloud.Apis();

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.BlockStorage.DeleteAsync(Old, Cancel));

        Assert.Contains("give the user the role service", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_an_attachment_that_is_gone_when_it_is_deleted_then_that_is_done()
    {
        cloud.Answer = _ => "attachment-deleted-again";
        using var apis = cloud.Apis();

        await apis.BlockStorage.DeleteAsync(Old, Cancel);
    }

    [Fact]
    public void Given_the_old_one_is_still_there_when_it_is_put_back_then_it_becomes_the_one_again_and_the_new_one_goes()
    {
        var back = Move with { Left = [New], Original = Old };
        var both = new[] { Attachment(Old, "attached"), Attachment(New, "reserved") };

        Assert.Equal((AttachmentStepKind.Save, Old), Of(back.Next(both, saved: New)));
        Assert.Equal((AttachmentStepKind.Delete, New), Of(back.Next(both, saved: Old)));
        Assert.Equal((AttachmentStepKind.Done, Old), Of(back.Next(both[..1], saved: Old)));
    }

    [Fact]
    public void Given_the_old_one_is_deleted_when_it_is_put_back_then_an_empty_one_is_used_and_one_of_the_target_is_replaced()
    {
        var back = Move with { Left = [New], Original = Old };
        var third = Guid.Parse("11111111-0000-0000-0000-000000000000");

        Assert.Equal((AttachmentStepKind.Update, New), Of(back.Next([Attachment(New, "reserved")], saved: New)));

        Assert.Equal(AttachmentStepKind.Create, back.Next([Attachment(New, "attached")], saved: New).Kind);
        AttachmentState[] both = [Attachment(New, "attached"), Attachment(third, "reserved")];
        Assert.Equal((AttachmentStepKind.Save, third), Of(back.Next(both, saved: New)));
        Assert.Equal((AttachmentStepKind.Delete, New), Of(back.Next(both, saved: third)));
        Assert.Equal((AttachmentStepKind.Update, third), Of(back.Next(both[1..], saved: third)));
    }

    [Fact]
    public void Given_a_request_that_came_through_late_then_its_empty_attachment_is_deleted_and_another_instances_is_not()
    {
        var third = Guid.Parse("11111111-0000-0000-0000-000000000000");
        var others = Attachment(Guid.Parse("22222222-0000-0000-0000-000000000000"), "attached") with { Instance = Guid.Empty };

        Assert.Equal(
            (AttachmentStepKind.Delete, third),
            Of(Move.Next([others, Attachment(third, "reserved"), Attachment(New, "reserved")], saved: New)));
        Assert.Equal((AttachmentStepKind.Update, New), Of(Move.Next([others, Attachment(New, "reserved")], saved: New)));
    }

    [Fact]
    public void Given_an_update_that_broke_in_the_driver_then_it_is_updated_again() =>
        Assert.Equal((AttachmentStepKind.Update, New), Of(Move.Next([Attachment(New, "error_attaching")], saved: New)));

    [Fact]
    public void Given_a_chap_password_then_no_log_of_an_attachment_shows_it_and_nova_gets_it_nested()
    {
        var attachment = Attachment(New, "attached");

        Assert.DoesNotContain("chap-secret", attachment.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("chap-secret", new AttachmentStep(AttachmentStepKind.Done, attachment).ToString(), StringComparison.Ordinal);
        var nested = attachment.ForBlockDevice();
        Assert.Equal("iscsi", (string?)nested["driver_volume_type"]);
        Assert.Equal("""{"auth_password":"chap-secret"}""", nested["data"]!.ToJsonString());
        Assert.Equal(ReplayedCloud.Volume, (string?)nested["serial"]);
    }

    private static (AttachmentStepKind Kind, Guid Attachment) Of(AttachmentStep step) => (step.Kind, step.Attachment!.Id);

    private static AttachmentState Attachment(Guid id, string status) => new()
    {
        Id = id,
        Volume = Move.Volume,
        Instance = Move.Instance,
        Status = status,
        ConnectionInfo = status is "reserved" or "error_attaching"
            ? null
            : new JsonObject { ["driver_volume_type"] = "iscsi", ["auth_password"] = "chap-secret", ["attachment_id"] = id.ToString() },
    };

    private string AsCinder(Asked asked)
    {
        if (asked.Method == "GET")
        {
            return Way[at].Listed;
        }

        Assert.EndsWith(Way[at].Call.Split(' ')[1], asked.Path, StringComparison.Ordinal);
        Assert.StartsWith(asked.Method, Way[at].Call, StringComparison.Ordinal);
        return Way[at++].Answer;
    }

    // As a caller does it; what it saves outlives it.
    private async Task<List<AttachmentStep>> DriveAsync(Func<OpenStackApis> apis)
    {
        var steps = new List<AttachmentStep>();
        while (steps.Count < 20)
        {
            var api = apis().BlockStorage;
            var step = await Move.NextAsync(api, saved, Cancel);
            steps.Add(step);
            switch (step.Kind)
            {
                case AttachmentStepKind.Done:
                    return steps;
                case AttachmentStepKind.Save:
                    saved = step.Attachment!.Id;
                    break;
                default:
                    await Move.CarryOutAsync(api, step, connector, Cancel);
                    break;
            }
        }

        throw new InvalidOperationException("It does not end.");
    }
}
