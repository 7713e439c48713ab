using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Returns.Homecoming;

namespace Recovery.ControlPlane.Tests.Recoveries.Returns;

/// <summary>Hosts of a cloud that come back: what is stale there is nova-compute's to destroy, and Nova takes the host in again.</summary>
public sealed class CloudReturnTests
{
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");

    [Fact]
    public async Task A_stale_copy_waits_for_nova_compute_and_the_host_for_Nova()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.Node1IsEvacuatedAsync();

        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.Contains("nova-compute does so when it starts there", await ReasonAsync(story), StringComparison.Ordinal);

        // It started, destroyed the copy, and has not said so yet.
        story.Readmit = host => $"1 evacuation from {host} is not completed.";
        await story.ReportAsync("node1", "boot-2");
        await story.LookAsync();
        Assert.Equal(
            "node1 is back and stays in quarantine. 1 evacuation from node1 is not completed. It is looked at again every few seconds.", await ReasonAsync(story));
        Assert.NotEqual("boot-2", (await story.HostAsync("node1")).SettledBoot);

        story.Readmit = _ => null;
        await story.LookAsync();
        var host = await story.HostAsync("node1");
        Assert.Equal((false, "", "boot-2"), (host.Quarantined, host.QuarantineReason, host.SettledBoot));
        Assert.Contains("recovery end-quarantine node1", await story.AuditAsync());
        Assert.Empty(story.Sent);
    }

    [Fact]
    public async Task A_stale_copy_that_is_active_is_the_loudest_alarm_as_everywhere()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.Node1IsEvacuatedAsync();

        await story.ReportAsync("node1", "boot-2", Guest());
        await story.LookAsync();

        Assert.Contains("web belongs to node2 and is active on node1 as well", await ReasonAsync(story), StringComparison.Ordinal);
        Assert.Empty(story.Sent);
        Assert.Equal(
            [AlarmKinds.SplitBrain],
            await story.ReadAsync(each => Task.FromResult(each.Alarms.Where(row => row.EndedAt == null).Select(row => row.Kind).ToList())));
    }

    [Fact]
    public async Task What_belongs_there_and_ran_before_is_not_started_by_itself()
    {
        await using var story = await BeginInCloudAsync(Guest());

        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.Equal("boot-2", (await story.HostAsync("node1")).SettledBoot);
    }

    [Fact]
    public async Task What_belongs_there_is_started_when_an_operator_asks()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.ReportAsync("node1", "boot-2", Off());

        var resume = await story.EndAsync(await story.AcceptAsync(RecoveryKind.Resume));

        Assert.Equal(RecoveryState.Completed, resume.State);
        Assert.Contains("web Start node1", story.Sent);
    }

    // Its own executor ended its guests: it never went off, so nobody sees it come back.
    [Fact]
    public async Task A_host_that_never_went_off_is_looked_after_once_an_operator_has_asked()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-1", Guest(DomainState.ShutOff));
        await story.LookAsync();
        Assert.StartsWith("Recovery ", await ReasonAsync(story), StringComparison.Ordinal);

        await story.EndAsync(await story.AcceptAsync(RecoveryKind.Resume));
        Assert.Contains("nova-compute does so when it starts there", await ReasonAsync(story), StringComparison.Ordinal);

        await story.ReportAsync("node1", "boot-1");
        await story.LookAsync();
        await story.LookAsync();
        var host = await story.HostAsync("node1");
        Assert.Equal((false, "boot-1"), (host.Quarantined, host.SettledBoot));
    }

    [Fact]
    public async Task A_cloud_that_can_not_be_read_changes_nothing_and_ends_no_quarantine()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-2");
        story.Unreachable = "The database nova does not answer.";

        await story.LookAsync();
        Assert.True((await story.HostAsync("node1")).Quarantined);

        story.Unreachable = null;
        await story.LookAsync();
        Assert.False((await story.HostAsync("node1")).Quarantined);
    }

    [Fact]
    public async Task A_host_that_another_guest_never_left_is_taken_in_again_with_it()
    {
        await using var story = await BeginInCloudAsync(Guest());
        await story.Node1IsEvacuatedAsync();

        // Somebody's own machine that Nova does not know. The book of a plain cluster would claim it; Nova's does not.
        await story.ReportAsync("node1", "boot-2", Guest(id: Mail, name: "mail"));
        await story.ReadAsync(async each =>
        {
            each.Instances.Remove(each.Instances.Single(row => row.Id == Mail));
            return await each.SaveChangesAsync();
        });
        await story.LookAsync();

        Assert.False((await story.HostAsync("node1")).Quarantined);
    }

    private static async Task<string> ReasonAsync(Homecoming story)
    {
        var host = await story.HostAsync("node1");
        Assert.True(host.Quarantined);
        return host.QuarantineReason;
    }
}
