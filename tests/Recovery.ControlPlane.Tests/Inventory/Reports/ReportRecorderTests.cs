using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

public class ReportRecorderTests : IDisposable
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private readonly TemporaryDatabase database = new();
    private readonly LivenessBoard liveness = new(TimeProvider.System);
    private readonly LogBook<ReportRecorder> log = new();
    private readonly ReportRecorder recorder;

    public ReportRecorderTests() =>
        recorder = new ReportRecorder(database, liveness, new BelongingKeeper(), new InventoryChanges(), TimeProvider.System, log);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        recorder.Dispose();
        database.Dispose();
    }

    [Fact]
    public async Task Given_a_new_host_when_it_reports_then_its_facts_and_domains_are_known_and_belong_to_it()
    {
        await database.AddAsync(Some.Host("node1"));

        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web)), Cancel);

        var host = await database.ReadAsync(each => each.Hosts.SingleAsync(Cancel));
        Assert.Equal((16384, 16, "EPYC"), (host.MemoryMib, host.Vcpus, host.CpuModel));
        Assert.Equal(900, Assert.Single(host.Storages).FreeMib);
        Assert.Equal("node1", await OwnerAsync(Web));
    }

    [Fact]
    public async Task Given_known_domains_when_a_report_lacks_one_then_it_is_removed_and_its_instance_forgotten()
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web), Some.Domain("node1", Mail)), Cancel);

        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Mail)), Cancel);

        Assert.Equal([Mail], await database.ReadAsync(each => each.Domains.Select(row => row.Uuid).ToListAsync(Cancel)));
        Assert.Null(await OwnerAsync(Web));
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("forgotten", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DomainState.Running, DomainState.Crashed)]
    [InlineData(DomainState.Crashed, DomainState.Crashed)]
    [InlineData(DomainState.Paused, DomainState.Paused)]
    [InlineData(DomainState.ShutOff, DomainState.ShutOff)]
    public async Task Given_a_host_that_came_back_and_forgot_what_ran_when_it_reports_then_we_have_not_forgotten(
        DomainState before, DomainState after)
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1", WithState(before)), Cancel);

        var off = WithState(DomainState.ShutOff);
        off.WhyOffIsForgotten = true;
        await recorder.RecordAsync(Some.Report("node1", off), Cancel);

        Assert.Equal(after, await database.ReadAsync(each => each.Domains.Select(row => row.State).SingleAsync(Cancel)));

        static DomainRow WithState(DomainState state)
        {
            var domain = Some.Domain("node1", Web);
            domain.State = state;
            return domain;
        }
    }

    [Theory]
    [InlineData("boot-2", "boot-2")]
    [InlineData("", "boot-1")] // an older executor doesn't tell, and that is no news
    public async Task Given_a_host_that_told_its_boot_when_it_reports_again_then_the_boot_told_last_is_known(string told, string known)
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1") with { Boot = "boot-1" }, Cancel);

        await recorder.RecordAsync(Some.Report("node1") with { Boot = told }, Cancel);

        Assert.Equal(known, await database.ReadAsync(each => each.Hosts.Select(row => row.Boot).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Given_a_host_that_is_back_before_its_libvirt_when_it_reports_then_its_new_boot_waits_for_its_domains()
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web)) with { Boot = "boot-1" }, Cancel);

        await recorder.RecordAsync(Some.Report("node1") with { Boot = "boot-2", Hypervisor = null }, Cancel);

        Assert.Equal("boot-1", await database.ReadAsync(each => each.Hosts.Select(row => row.Boot).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Given_libvirt_that_can_not_be_asked_when_the_host_reports_then_its_domains_stay_as_they_were()
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web)), Cancel);

        await recorder.RecordAsync(Some.Report("node1") with { Hypervisor = null, ExecutorVersion = "2.0" }, Cancel);

        Assert.Equal("node1", await OwnerAsync(Web));
        var host = await database.ReadAsync(each => each.Hosts.SingleAsync(Cancel));
        Assert.Equal(("2.0", 16384), (host.ExecutorVersion, host.MemoryMib));
    }

    [Fact]
    public async Task Given_a_report_that_was_only_partly_readable_when_it_lacks_a_domain_then_that_proves_nothing()
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web)), Cancel);

        var report = Some.Report("node1");
        await recorder.RecordAsync(report with { Hypervisor = report.Hypervisor! with { IsComplete = false } }, Cancel);

        Assert.Equal("node1", await OwnerAsync(Web));
        Assert.Equal(1, await database.ReadAsync(each => each.Domains.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Given_a_domain_when_it_changes_then_its_state_and_definition_are_the_new_ones()
    {
        await database.AddAsync(Some.Host("node1"));
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);

        var changed = Some.Domain("node1", Web, DomainState.ShutOff);
        changed.Definition = "<domain>new</domain>";
        await recorder.RecordAsync(changed, Cancel);

        var row = await database.ReadAsync(each => each.Domains.SingleAsync(Cancel));
        Assert.Equal((DomainState.ShutOff, "<domain>new</domain>"), (row.State, row.Definition));
    }

    [Fact]
    public async Task Given_a_migration_when_its_events_come_in_either_order_then_it_ends_at_the_new_host()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        Up("node1", "node2");
        foreach (var (uuid, newHostFirst) in new[] { (Web, true), (Mail, false) })
        {
            await recorder.RecordAsync(Some.Domain("node1", uuid), Cancel);
            var arrived = Some.Domain("node2", uuid);
            var left = Some.Domain("node1", uuid, DomainState.ShutOff);
            await recorder.RecordAsync(newHostFirst ? arrived : left, Cancel);
            await recorder.RecordAsync(newHostFirst ? left : arrived, Cancel);

            Assert.Equal("node2", await OwnerAsync(uuid));
        }
    }

    [Fact]
    public async Task Given_a_guest_that_runs_when_another_host_runs_it_too_then_that_is_the_loudest_line_and_belonging_stays()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        Up("node1", "node2");
        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);

        await recorder.RecordAsync(Some.Domain("node2", Web), Cancel);

        Assert.Equal("node1", await OwnerAsync(Web));
        var line = Assert.Single(log.Lines, each => each.Level == LogLevel.Critical);
        Assert.Contains("node1", line.Text, StringComparison.Ordinal);
        Assert.Contains("node2", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_recovery_in_progress_when_its_target_runs_the_guest_then_only_the_commit_moves_it_and_nobody_shouts()
    {
        var (recovery, held) = Some.Recovery(Web, "node1", "node2");
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), recovery, held);
        await database.AddAsync(Some.Domain("node1", Web), Some.Instance(Web, "node1"));
        Up("node2");

        await recorder.RecordAsync(Some.Report("node2", Some.Domain("node2", Web)), Cancel);

        Assert.Equal("node1", await OwnerAsync(Web));
        Assert.DoesNotContain(log.Lines, line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task Given_a_recovery_in_progress_when_the_source_returns_empty_then_its_instance_is_not_forgotten()
    {
        var (recovery, held) = Some.Recovery(Web, "node1", "node2");
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), recovery, held);
        await database.AddAsync(Some.Domain("node1", Web), Some.Instance(Web, "node1"));

        await recorder.RecordAsync(Some.Report("node1"), Cancel);

        Assert.Equal("node1", await OwnerAsync(Web));
    }

    [Fact]
    public async Task Given_a_guest_that_was_recovered_when_its_old_host_returns_with_a_stale_copy_then_that_is_ignored()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Domain("node2", Web), Some.Instance(Web, "node2"));
        Up("node1", "node2");

        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web, DomainState.ShutOff)), Cancel);

        Assert.Equal("node2", await OwnerAsync(Web));
        Assert.DoesNotContain(log.Lines, line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task Given_a_domain_that_another_host_has_defined_when_it_is_gone_from_its_own_then_it_belongs_to_the_other()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await recorder.RecordAsync(Some.Domain("node1", Web, DomainState.ShutOff), Cancel);
        await recorder.RecordAsync(Some.Domain("node2", Web, DomainState.ShutOff), Cancel);

        await recorder.RecordGoneAsync("node1", Web, Cancel);

        Assert.Equal("node2", await OwnerAsync(Web));
    }

    [Fact]
    public async Task Given_an_instance_whose_host_was_deleted_when_another_host_has_it_then_it_belongs_there()
    {
        await database.AddAsync(Some.Host("node2"));
        await database.AddAsync(Some.Domain("node1", Web), Some.Instance(Web, "node1"));

        await recorder.RecordAsync(Some.Report("node2", Some.Domain("node2", Web)), Cancel);

        Assert.Equal("node2", await OwnerAsync(Web));
        Assert.DoesNotContain(log.Lines, line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task Given_a_host_that_was_deleted_when_its_last_words_arrive_then_they_are_dropped()
    {
        await recorder.RecordAsync(Some.Report("node1", Some.Domain("node1", Web)), Cancel);
        await recorder.RecordAsync(Some.Domain("node1", Mail), Cancel);

        Assert.Equal(0, await database.ReadAsync(each => each.Domains.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Given_many_hosts_of_a_thousand_domains_when_they_report_at_once_then_all_of_it_is_recorded()
    {
        string[] hosts = ["node1", "node2", "node3", "node4"];
        await database.AddAsync([.. hosts.Select(host => Some.Host(host))]);

        await Task.WhenAll(hosts.Select(host => recorder.RecordAsync(
            Some.Report(host, [.. Enumerable.Range(0, 1000).Select(_ => Some.Domain(host, Guid.NewGuid()))]), Cancel)));

        Assert.Equal(4000, await database.ReadAsync(each => each.Instances.CountAsync(Cancel)));
    }

    private void Up(params string[] hosts) => Array.ForEach(hosts, host => liveness.Heard(host, ""));

    private Task<string?> OwnerAsync(Guid id) => database.ReadAsync(each =>
        each.Instances.Where(row => row.Id == id).Select(row => (string?)row.Host).SingleOrDefaultAsync(Cancel));
}
