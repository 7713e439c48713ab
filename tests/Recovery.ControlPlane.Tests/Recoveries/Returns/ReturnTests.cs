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
    private static readonly Guid Files = Guid.Parse("33333333-3333-4333-8333-333333333333");

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
    public async Task A_host_that_was_only_rebooted_gets_back_what_ran_on_it_and_shall_start_with_it()
    {
        await using var story = await BeginAsync(
            Guest(), Guest(autostart: false, id: Mail, name: "mail"), Guest(DomainState.ShutOff, id: Files, name: "files"));

        await story.ReportAsync("node1", "boot-2", Off(), Off(Mail, "mail", autostart: false), Off(Files, "files"));
        await story.LookAsync();
        var resume = await story.ResumedAsync();

        Assert.Equal(RecoveryState.Completed, resume.State);
        Assert.Equal(["web CheckDisks node1", "web Start node1", "web Verify node1"], story.Sent);
        Assert.False((await story.HostAsync("node1")).Quarantined);
        Assert.Contains(await story.EventsAsync(resume.Id), line => line.Contains("mail ran on node1 before it fell, and its autostart is not set", StringComparison.Ordinal));

        // Its executor says that it runs, and the host is settled; what was left off is said.
        await story.ReportAsync("node1", "boot-2", Guest(), Off(Mail, "mail", autostart: false), Off(Files, "files"));
        await story.LookAsync();
        Assert.Equal("boot-2", (await story.HostAsync("node1")).SettledBoot);
        Assert.Contains("recovery leave-off node1", await story.AuditAsync());
        Assert.Single(await story.ResumesAsync());
    }

    [Fact]
    public async Task When_an_operator_asks_all_that_ran_before_is_started_and_what_was_shut_off_is_not()
    {
        await using var story = await BeginAsync(
            Guest(autostart: false), Guest(DomainState.Paused, autostart: false, id: Mail, name: "mail"), Guest(DomainState.ShutOff, id: Files, name: "files"));
        await story.ReportAsync("node1", "boot-2", Off(autostart: false), Off(Mail, "mail", autostart: false), Off(Files, "files"));

        var resume = await story.EndAsync(await story.AcceptAsync(RecoveryKind.Resume));

        Assert.Equal(RecoveryState.Completed, resume.State);
        Assert.Equal(["mail", "web"], resume.Instances.Select(row => row.Name).Order());
        Assert.Equal(PowerIntent.Pause, resume.Instances.Single(row => row.Name == "mail").Intent);
    }

    [Fact]
    public async Task A_rebooted_host_with_nothing_to_do_is_settled_without_a_recovery()
    {
        await using var story = await BeginAsync(Guest(DomainState.ShutOff));

        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.Equal("boot-2", (await story.HostAsync("node1")).SettledBoot);
    }

    [Fact]
    public async Task A_host_that_is_seen_for_the_first_time_is_left_as_it_is()
    {
        await using var story = await BeginAsync();
        var crashed = Off();
        crashed.State = DomainState.Crashed;
        await story.AddAsync(Inventory.Some.Host("node3"));
        crashed.Host = "node3";

        await story.ReportAsync("node3", "boot-1", crashed);
        await story.LookAsync();

        Assert.Empty(await story.ResumesAsync());
        Assert.Equal("boot-1", (await story.HostAsync("node3")).SettledBoot);
    }

    [Fact]
    public async Task A_guest_that_may_run_elsewhere_is_not_started_until_that_is_ruled_out()
    {
        await using var story = await BeginAsync(Guest());
        var elsewhere = Guest(host: "node3");
        await story.AddAsync(Inventory.Some.Host("node3"), elsewhere);

        await story.ReportAsync("node1", "boot-2", Off());
        await story.LookAsync();
        Assert.Empty(await story.ResumesAsync());
        Assert.NotEqual("boot-2", (await story.HostAsync("node1")).SettledBoot);

        await story.AttestAsync("node3");
        await story.LookAsync();
        Assert.Equal(RecoveryState.Completed, (await story.ResumedAsync()).State);
        Assert.Contains("web Start node1", story.Sent);
    }

    [Fact]
    public async Task A_guest_that_turns_out_to_be_active_elsewhere_right_before_its_start_is_not_started()
    {
        await using var story = await BeginAsync(Guest());
        await story.AddAsync(Inventory.Some.Host("node3"));
        await story.ReportAsync("node1", "boot-2", Off());
        story.Answer = step =>
        {
            if (step.Action == StepAction.CheckDisks)
            {
                story.AddAsync(Guest(host: "node3")).GetAwaiter().GetResult();
            }

            return Bench.Done;
        };

        await story.LookAsync();
        var resume = await story.ResumedAsync();

        Assert.DoesNotContain("web Start node1", story.Sent);
        Assert.Contains("active on node3 too", Assert.Single(resume.Instances).Reason, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_resume_that_an_operator_has_cancelled_is_not_opened_again()
    {
        await using var story = await BeginAsync(Guest(), Guest(id: Mail, name: "mail"));
        var answered = new TaskCompletionSource();
        story.Answer = step =>
        {
            answered.Task.Wait(Cancel);
            return Refused;
        };
        await story.ReportAsync("node1", "boot-2", Off(), Off(Mail, "mail"));
        await story.LookAsync();
        var resume = Assert.Single(await story.ResumesAsync());
        await story.CancelAsync(resume.Id);
        answered.SetResult();
        Assert.Equal(RecoveryState.Cancelled, (await story.EndAsync(resume.Id)).State);

        story.Time.Pass(TimeSpan.FromHours(1));
        story.Hear("node1", "node2");
        await story.LookAsync();

        Assert.Single(await story.ResumesAsync());
        Assert.Equal("boot-2", (await story.HostAsync("node1")).SettledBoot);
        Assert.Contains("recovery leave-off node1", await story.AuditAsync());
    }

    [Fact]
    public async Task A_host_that_falls_again_while_it_is_put_in_order_holds_nobody_up()
    {
        await using var story = await BeginAsync(Guest());
        await story.ReportAsync("node1", "boot-2", Off());
        story.Answer = _ =>
        {
            story.Time.Pass(TimeSpan.FromSeconds(31));
            throw new ExecutorUnreachableException("No route to node1.");
        };

        await story.LookAsync();
        var resume = await story.ResumedAsync();

        Assert.Contains("fell silent again", Assert.Single(resume.Instances).Reason, StringComparison.Ordinal);
        Assert.Empty(await story.ReadAsync(each => each.Locks.ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_guest_that_could_not_be_resumed_can_be_tried_again()
    {
        await using var story = await BeginAsync(Guest());
        await story.ReportAsync("node1", "boot-2", Off());
        story.Answer = step => step.Action == StepAction.CheckDisks ? Refused : Bench.Done;
        await story.LookAsync();
        var resume = await story.ResumedAsync();
        Assert.Equal(RecoveryState.Failed, resume.State);

        story.Answer = _ => Bench.Done;
        Assert.Empty(await story.RetryAsync(resume.Id, Web));
        resume = await story.EndAsync(resume.Id);

        Assert.Equal((RecoveryState.Completed, 2), (resume.State, resume.Instances.Single().Attempt));
        Assert.Contains("web Start node1", story.Sent);
    }

    [Fact]
    public async Task A_silent_host_is_not_resumed()
    {
        await using var story = await BeginAsync(Guest());
        story.Time.Pass(TimeSpan.FromMinutes(1));

        var refused = Assert.IsType<AcceptanceOutcome.Refused>(await story.AskAsync(RecoveryKind.Resume));

        Assert.Equal("host-not-up", Assert.Single(refused.Faults).Code.Name);
    }
}
