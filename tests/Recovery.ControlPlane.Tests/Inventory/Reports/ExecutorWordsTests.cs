using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

/// <summary>What a host said of its guests, and what it reports of them afterwards.</summary>
public sealed class ExecutorWordsTests : IDisposable
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private readonly TemporaryDatabase database = new();
    private readonly LogBook<ReportRecorder> reports = new();
    private readonly ReportRecorder recorder;

    public ExecutorWordsTests() => recorder = new ReportRecorder(
        database,
        new LivenessBoard(TimeProvider.System),
        new BelongingKeeper(),
        new InventoryChanges(),
        TimeProvider.System,
        reports);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        recorder.Dispose();
        database.Dispose();
    }

    [Theory]
    [InlineData(DomainState.Running, FenceProofKind.ExecutorWord, -60, true)]
    [InlineData(DomainState.Paused, FenceProofKind.ExecutorWord, -60, true)]
    [InlineData(DomainState.ShutOff, FenceProofKind.ExecutorWord, -60, false)]
    [InlineData(DomainState.Crashed, FenceProofKind.ExecutorWord, -60, false)]
    [InlineData(DomainState.Running, FenceProofKind.ExecutorWord, 0, false)] // that very moment: seen, then ended
    [InlineData(DomainState.Running, FenceProofKind.ExecutorWord, +60, false)] // seen before its word, recorded after
    [InlineData(DomainState.Running, FenceProofKind.PowerOff, -60, false)] // its life voids that one, and life signs see to it
    public async Task Given_a_host_that_said_that_no_guest_runs_when_it_reports_one_that_is_active_then_its_word_is_void(
        DomainState state, FenceProofKind kind, int proofSeconds, bool isVoid)
    {
        foreach (var whole in new[] { true, false })
        {
            var node = whole ? "node1" : "node2";
            await database.AddAsync(Some.Host(node), Some.Host($"{node}-else"), Proof(node, kind, proofSeconds), Proof($"{node}-else", kind, proofSeconds));
            var domain = Some.Domain(node, whole ? Web : Mail, state);

            await (whole ? recorder.RecordAsync(Some.Report(node, domain), Cancel) : recorder.RecordAsync(domain, Cancel));

            var standing = await database.ReadAsync(each => each.FenceProofs.Where(row => row.VoidedAt == null).Select(row => row.Host).ToListAsync(Cancel));
            Assert.Equal(isVoid, !standing.Contains(node));
            Assert.Contains($"{node}-else", standing);
            Assert.Equal(isVoid, reports.Lines.Any(line => line.Level == LogLevel.Warning && line.Text.StartsWith($"{node} said", StringComparison.Ordinal)));
        }
    }

    // Its host started since and can't tell who wanted it off; it was paused before. Nothing holds its disks.
    [Fact]
    public async Task Given_a_guest_that_was_paused_before_its_host_started_then_its_word_stands()
    {
        var was = Some.Domain("node1", Web, DomainState.Paused);
        was.WhyOffIsForgotten = true;
        await database.AddAsync(Some.Host("node1"), Proof("node1", FenceProofKind.ExecutorWord, -60));

        await recorder.RecordAsync(was, Cancel);

        Assert.False(await database.ReadAsync(each => each.FenceProofs.AnyAsync(row => row.VoidedAt != null, Cancel)));
        var proofs = new FenceProofs(database, new LivenessBoard(TimeProvider.System), new Frozen(Some.Moment));
        Assert.NotNull(await proofs.ValidAsync("node1", Cancel));
    }

    [Fact]
    public async Task Given_a_recovery_that_may_have_relied_on_a_hosts_word_when_a_guest_runs_there_then_whoever_watches_it_is_alarmed()
    {
        var (recovery, held) = Some.Recovery(Mail, "node1", "node2");
        await database.AddAsync(Some.Host("node1"), recovery, held, Proof("node1", FenceProofKind.ExecutorWord, -60));

        await recorder.RecordAsync(Some.Domain("node1", Web), Cancel);

        var alarm = await database.ReadAsync(each => each.Events.SingleAsync(Cancel));
        Assert.Equal((recovery.Id, EventTypes.Alarm, "node1"), (alarm.RecoveryId, alarm.Type, alarm.Host));
        Assert.Contains("web is active there", alarm.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("boot-1", "boot-2", true)]
    [InlineData("boot-1", "boot-1", false)]
    [InlineData("boot-1", "", false)] // it does not tell, so it is the known one
    [InlineData("", "boot-1", true)] // nobody knows which one its word was given in
    public async Task Given_a_host_that_said_that_no_guest_runs_when_it_has_booted_since_then_its_word_is_void(
        string known, string reported, bool isVoid)
    {
        var host = Some.Host("node1");
        host.Boot = known;
        await database.AddAsync(host, Proof("node1", FenceProofKind.ExecutorWord, -60));

        await recorder.RecordAsync(Some.Report("node1") with { Boot = reported, Hypervisor = null }, Cancel);

        Assert.Equal(isVoid, await database.ReadAsync(each => each.FenceProofs.AnyAsync(row => row.VoidedAt != null, Cancel)));
    }

    private static FenceProofRow Proof(string host, FenceProofKind kind, int secondsAfterReport) =>
        new() { Host = host, Kind = kind, At = Some.Moment.AddSeconds(secondsAfterReport), Evidence = "it ended 2" };

    private sealed class Frozen(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
