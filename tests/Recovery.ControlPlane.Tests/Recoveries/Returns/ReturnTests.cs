using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Returns.Homecoming;

namespace Recovery.ControlPlane.Tests.Recoveries.Returns;

/// <summary>Stories of hosts that come back.</summary>
public class ReturnTests
{
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private static readonly StepReply Refused = new(StepOutcome.FailedForGood, "LIBVIRT_REFUSED", "libvirt is busy.", []);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_is_back_forgets_what_was_recovered_elsewhere_and_its_quarantine_ends_by_itself()
    {
        await using var story = await BeginAsync(Guest());
        var evacuation = await story.Node1IsEvacuatedAsync();
        var quarantined = await story.HostAsync("node1");
        Assert.True(quarantined.Quarantined);
        Assert.NotNull(quarantined.QuarantinedSince);
        Assert.Contains($"{evacuation.Id}", quarantined.QuarantineReason, StringComparison.Ordinal);

        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();
        var resume = await story.ResumedAsync();

        Assert.Equal(RecoveryState.Completed, resume.State);
        Assert.Equal(["web UndefineStale node1"], story.Sent);
        var host = await story.HostAsync("node1");
        Assert.Equal((false, null, "", "boot-2"), (host.Quarantined, host.QuarantinedSince, host.QuarantineReason, host.SettledBoot));
        Assert.Equal(["node2"], await story.ReadAsync(each => each.Domains.Select(row => row.Host).ToListAsync(Cancel)));
        Assert.Equal("node2", await story.ReadAsync(each => each.Instances.Select(row => row.Host).SingleAsync(Cancel)));
        Assert.Equal(
            ["unnamed accept node1", "recovery quarantine node1", "recovery accept node1", "recovery end-quarantine node1"], await story.AuditAsync());
        Assert.Contains(await story.EventsAsync(resume.Id), line => line.Contains("quarantine of node1 is over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_more_happens_to_a_host_that_is_in_order()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();
        await story.ResumedAsync();

        await story.ReportAsync("node1", "boot-2");
        await story.LookAsync();
        await story.LookAsync();

        Assert.Single(await story.ResumesAsync());
    }

    [Fact]
    public async Task A_host_that_is_only_heard_and_has_not_reported_since_stays_in_quarantine()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();

        story.Hear("node1");
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.True((await story.HostAsync("node1")).Quarantined);
    }

    [Fact]
    public async Task A_host_that_has_reported_and_is_silent_again_is_waited_for()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-2", Off());
        story.Time.Pass(TimeSpan.FromSeconds(10));

        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
    }

    [Fact]
    public async Task A_stale_copy_that_is_active_is_never_touched_and_keeps_its_host_in_quarantine()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();

        await story.ReportAsync("node1", "boot-2", Guest());
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.Empty(story.Sent);
        var host = await story.HostAsync("node1");
        Assert.True(host.Quarantined);
        Assert.Contains("web belongs to node2 and is active on node1 as well", host.QuarantineReason, StringComparison.Ordinal);
        Assert.Equal(
            [AlarmKinds.SplitBrain], await story.ReadAsync(each => each.Alarms.Where(row => row.EndedAt == null).Select(row => row.Kind).ToListAsync(Cancel)));

        // An operator ends the wrong copy.
        await story.ReportAsync("node1", "boot-2", Guest(DomainState.ShutOff));
        await story.LookAsync();
        await story.ResumedAsync();
        Assert.False((await story.HostAsync("node1")).Quarantined);
        Assert.Empty(await story.ReadAsync(each => each.Alarms.Where(row => row.EndedAt == null).ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_stale_copy_that_can_not_be_undefined_keeps_its_host_in_quarantine_and_is_tried_again_later()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        story.Answer = _ => Refused;
        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();
        await story.ResumedAsync();

        var host = await story.HostAsync("node1");
        Assert.True(host.Quarantined);
        Assert.Contains("The stale copy of web is still there: libvirt is busy.", host.QuarantineReason, StringComparison.Ordinal);
        Assert.Contains("later and later", host.QuarantineReason, StringComparison.Ordinal);
        await story.LookAsync();
        Assert.Single(await story.ResumesAsync());

        story.Answer = _ => Bench.Done;
        story.Time.Pass(TimeSpan.FromSeconds(16));
        story.Hear("node1", "node2");
        await story.LookAsync();
        var resumes = await story.ResumesAsync();
        Assert.Equal(2, resumes.Count);
        await story.EndAsync(resumes[1].Id);
        Assert.False((await story.HostAsync("node1")).Quarantined);
    }

    [Fact]
    public async Task A_copy_that_belongs_here_again_is_not_undefined()
    {
        await using var story = await BeginAsync(Guest(), Guest(id: Mail, name: "mail"));
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-2", Off(), Off(Mail, "mail"));
        story.Answer = step =>
        {
            // While the one is forgotten, the other comes home.
            var other = step.Instance.Id == Web ? Mail : Web;
            story.ReadAsync(each => each.Instances.Where(row => row.Id == other)
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.Host, "node1"))).GetAwaiter().GetResult();
            return Bench.Done;
        };
        var resume = await story.EndAsync(await story.AcceptAsync(RecoveryKind.Resume));

        Assert.Single(story.Sent);
        Assert.Equal(
            [InstanceState.Failed, InstanceState.Recovered], resume.Instances.Select(row => row.State).OrderDescending());
        Assert.Contains(resume.Instances, row => row.Reason.Contains("belongs to node1 again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_operator_left_behind_in_a_migration_stays_and_is_no_reason_for_quarantine()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node2", "boot-1", Guest(host: "node2"), Guest(host: "node2", id: Mail, name: "mail"));

        await story.ReportAsync("node1", "boot-2", Off(), Off(Mail, "mail"));
        await story.LookAsync();
        await story.ResumedAsync();

        Assert.Equal(["web UndefineStale node1"], story.Sent);
        Assert.False((await story.HostAsync("node1")).Quarantined);
        Assert.Equal(
            "mail", await story.ReadAsync(each => each.Domains.Where(row => row.Host == "node1").Select(row => row.Name).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Of_several_replicas_that_see_the_same_return_one_opens_the_recovery()
    {
        await using var story = await BeginAsync(Guest());
        await story.Node1IsEvacuatedAsync();
        await story.ReportAsync("node1", "boot-2", Off());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => story.LookAsync()));

        await story.ResumedAsync();
        Assert.Equal(["web UndefineStale node1"], story.Sent);
    }
}
