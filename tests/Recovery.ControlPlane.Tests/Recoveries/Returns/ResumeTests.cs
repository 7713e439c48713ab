using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Returns.Homecoming;

namespace Recovery.ControlPlane.Tests.Recoveries.Returns;

/// <summary>What ran on a host before it fell runs there again: once, and only where it belongs.</summary>
public class ResumeTests
{
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");
    private static readonly Guid Files = Guid.Parse("33333333-3333-4333-8333-333333333333");

    private static readonly StepReply Refused = new(StepOutcome.FailedForGood, "LIBVIRT_REFUSED", "libvirt is busy.", []);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // After a power loss every host is silent, and the first one that is back sees nobody else. It starts what is its own.
    [Fact]
    public async Task The_first_host_that_is_back_after_a_power_loss_does_not_wait_for_the_others()
    {
        await using var story = await Homecoming.BeginAsync(Homecoming.Guest());
        story.Time.Pass(TimeSpan.FromMinutes(5));

        await story.ReportAsync("node1", "boot-2", Homecoming.Off());
        await story.LookAsync();
        var resumed = await story.ResumedAsync();

        Assert.Equal(RecoveryState.Completed, resumed.State);
        Assert.Contains("web Start node1", story.Sent);
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
