using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

/// <summary>The loudest alarm: when it begins, how long it lasts, who hears of it.</summary>
public sealed class CopyAlarmsTests : IDisposable
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private readonly TemporaryDatabase database = new();
    private readonly SteeredTime time = new();
    private readonly LivenessBoard liveness;
    private readonly LogBook<ReportRecorder> log = new();
    private readonly LogBook<AlarmBell> rung = new();
    private readonly ReportRecorder recorder;
    private readonly AlarmBell bell;

    public CopyAlarmsTests()
    {
        liveness = new LivenessBoard(time);
        recorder = new ReportRecorder(database, liveness, new BelongingKeeper(), new InventoryChanges(), time, log);
        bell = new AlarmBell(database, liveness, time, rung);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        bell.Dispose();
        recorder.Dispose();
        database.Dispose();
    }

    /// <summary>Copies as <c>host:state</c>; <c>?</c>: not up, <c>!</c>: not up, and of an alarm that is open.</summary>
    [Theory]
    [InlineData("g:run h:run", "split-brain g,h")]
    [InlineData("g:run h:run i:paused", "split-brain g,h")]
    [InlineData("g:run h:paused", "paused-copy g,h")]
    [InlineData("g:paused h:run i:paused", "paused-copy g,h,i")]
    [InlineData("g:run h:off", "")]
    [InlineData("g:run", "")]
    [InlineData("g:paused h:paused", "")]
    [InlineData("g:run h:was-paused", "")] // it came back off
    [InlineData("g:run h:crashed", "")]
    [InlineData("g?:run h:run", "")] // what a dead host leaves behind
    [InlineData("g!:run h:run", "split-brain g,h")] // silent since, and it may run on
    [InlineData("g!:run h!:run", "split-brain g,h")]
    [InlineData("g!:off h:run", "")]
    public void An_alarm_is(string copies, string alarm)
    {
        var seen = copies.Split(' ').Select(Copy).ToList();
        var alarmed = copies.Split(' ').Where(copy => copy.Contains('!', StringComparison.Ordinal)).Select(copy => copy[..1]).ToList();

        var found = CopyAlarms.Of(seen, alarmed);

        Assert.Equal(alarm, found is { } said ? $"{said.Kind} {string.Join(',', said.Hosts)}" : "");
    }

    [Fact]
    public async Task Two_that_run_are_an_alarm_at_once_with_its_audit_and_it_ends_when_a_report_shows_only_one()
    {
        await HostsAsync("node1", "node2");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        await recorder.RecordAsync(Some.Domain("node2", Web), Cancel);

        var alarm = await OpenAsync();
        Assert.Equal((AlarmKinds.SplitBrain, Web, "web"), (alarm!.Kind, alarm.InstanceId, alarm.Name));
        Assert.Equal(["node1", "node2"], alarm.Hosts);
        Assert.Contains("virsh destroy web", alarm.Message, StringComparison.Ordinal);
        Assert.Single(log.Lines, line => line.Level == LogLevel.Critical);

        // Saying it again is no new alarm.
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        Assert.Equal(alarm.Id, (await OpenAsync())!.Id);
        Assert.Single(log.Lines, line => line.Level == LogLevel.Critical);

        await recorder.RecordAsync(Some.Domain("node2", Web, DomainState.ShutOff), Cancel);
        Assert.Null(await OpenAsync());
        Assert.Equal(
            ["recovery alarm", "recovery end-alarm"],
            await database.ReadAsync(each => each.Audit.OrderBy(row => row.Id).Select(row => $"{row.Who} {row.Action}").ToListAsync(Cancel)));
    }

    // Its last heartbeat is younger than what the board takes for silence, and its guests run elsewhere by then.
    [Fact]
    public async Task A_host_that_was_switched_off_a_moment_ago_has_no_second_copy()
    {
        await HostsAsync("node1", "node2");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        Pass(TimeSpan.FromSeconds(1));
        await using (var context = database.CreateDbContext())
        {
            context.FenceProofs.Add(new FenceProofRow { Host = "node1", Kind = FenceProofKind.PowerOff, At = time.GetUtcNow(), Evidence = "off" });
            await context.SaveChangesAsync(Cancel);
        }

        await recorder.RecordAsync(Some.Domain("node2", Web), Cancel);

        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task It_rings_each_minute_for_as_long_as_it_lasts()
    {
        await SplitBrainAsync();
        for (var minute = 0; minute < 3; minute++)
        {
            await bell.LookAsync(Cancel);
            Pass(TimeSpan.FromSeconds(61));
            await bell.LookAsync(Cancel);
            await bell.LookAsync(Cancel);
        }

        Assert.Equal(3, rung.Lines.Count(line => line.Level == LogLevel.Critical));

        await recorder.RecordAsync(Some.Domain("node2", Web, DomainState.ShutOff), Cancel);
        Pass(TimeSpan.FromSeconds(61));
        await bell.LookAsync(Cancel);
        Assert.Equal(3, rung.Lines.Count(line => line.Level == LogLevel.Critical));
    }

    [Fact]
    public async Task A_migration_in_progress_is_none_and_a_paused_copy_that_stays_is_a_warning()
    {
        await HostsAsync("node1", "node2");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        await recorder.RecordAsync(Some.Domain("node2", Web, DomainState.Paused), Cancel);
        await bell.LookAsync(Cancel);
        Assert.Empty(rung.Lines);

        Pass(TimeSpan.FromSeconds(61));
        await bell.LookAsync(Cancel);

        var line = Assert.Single(rung.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.DoesNotContain(log.Lines, each => each.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task A_host_that_falls_silent_does_not_end_it_and_a_proof_that_it_is_off_does()
    {
        await SplitBrainAsync();
        time.Pass(TimeSpan.FromMinutes(1));
        liveness.Heard("node1", "");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        await bell.LookAsync(Cancel);
        Assert.NotNull(await OpenAsync());

        await database.AddAsync(new FenceProofRow
        {
            Host = "node2",
            Kind = FenceProofKind.PowerOff,
            At = time.GetUtcNow(),
            Evidence = "fence_lab says off.",
        });
        await bell.LookAsync(Cancel);
        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task A_host_that_was_deleted_ends_it()
    {
        await SplitBrainAsync();
        await database.ReadAsync(each => each.Hosts.Where(row => row.Name == "node2").ExecuteDeleteAsync(Cancel));

        await bell.LookAsync(Cancel);

        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task A_host_that_came_back_with_a_copy_that_was_paused_before_has_it_off_and_that_is_no_alarm()
    {
        await HostsAsync("node1", "node2");
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web, DomainState.Paused)), Cancel);
        await database.ReadAsync(each => each.Instances.ExecuteUpdateAsync(row => row.SetProperty(one => one.Host, "node2"), Cancel));
        await recorder.RecordAsync(Some.Domain("node2", Web), Cancel);
        var off = Some.Domain("node1", Web, DomainState.ShutOff);
        off.WhyOffIsForgotten = true;

        await recorder.RecordAsync(Some.Report("node1", off), Cancel);

        Assert.Null(await OpenAsync());
        Assert.Equal("node2", await database.ReadAsync(each => each.Instances.Select(row => row.Host).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task A_copy_that_runs_where_it_is_just_being_forgotten_is_one_also_while_its_own_host_is_silent()
    {
        // The silent owner was heard before, with its copy running: both may run.
        await HostsAsync("node1", "node2");
        await database.AddAsync(Some.Domain("node2", Web), Some.Instance(Web, "node2"));
        var (recovery, held) = Some.Recovery(Web, "node1", "node1");
        recovery.Instances.Single().Task = InstanceTask.Forget;
        await database.AddAsync(recovery, held);

        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);

        Assert.Equal(AlarmKinds.SplitBrain, (await OpenAsync())?.Kind);
    }

    private async Task SplitBrainAsync()
    {
        await HostsAsync("node1", "node2");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);
        await recorder.RecordAsync(Some.Domain("node2", Web), Cancel);
        Assert.NotNull(await OpenAsync());
    }

    private async Task HostsAsync(params string[] hosts)
    {
        await database.AddAsync([.. hosts.Select(host => Some.Host(host))]);
        Array.ForEach(hosts, host => liveness.Heard(host, ""));
    }

    private void Pass(TimeSpan span)
    {
        time.Pass(span);
        liveness.Heard("node1", "");
        liveness.Heard("node2", "");
    }

    private Task<AlarmRow?> OpenAsync() =>
        database.ReadAsync(each => each.Alarms.AsNoTracking().SingleOrDefaultAsync(row => row.OpenSubject != null, Cancel));

    private static DomainCopy Copy(string text)
    {
        var (host, state) = (text.Split(':')[0], text.Split(':')[1]);
        return new DomainCopy(
            host.TrimEnd('?', '!'),
            state switch
            {
                "run" => DomainState.Running,
                "paused" or "was-paused" => DomainState.Paused,
                "crashed" => DomainState.Crashed,
                _ => DomainState.ShutOff,
            },
            !host.EndsWith('?') && !host.EndsWith('!'),
            state == "was-paused");
    }
}
