using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Detection;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Detection;

public class LifeSignsTests : IDisposable
{
    private readonly TemporaryDatabase database = new();
    private readonly SettableTime time = new(Some.Moment);
    private readonly LivenessBoard liveness;
    private readonly LogBook<LifeSigns> log = new();
    private readonly LifeSigns signs;

    public LifeSignsTests()
    {
        liveness = new LivenessBoard(time);
        signs = new LifeSigns(database, liveness, time, log);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Given_a_host_when_it_is_heard_then_when_is_written_down_and_a_later_silence_does_not_change_it()
    {
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        liveness.Heard("node1", "");
        time.Now += TimeSpan.FromMinutes(1);

        await signs.RecordAsync(["node1", "node2"], Cancel);

        var heard = await database.ReadAsync(each => each.Hosts.ToDictionaryAsync(row => row.Name, row => row.LastHeardAt, Cancel));
        Assert.Equal(Some.Moment, heard["node1"]);
        Assert.Null(heard["node2"]);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)] // the very moment: heard, then fenced
    [InlineData(+1, false)] // heard before it was fenced, written down after
    public async Task Given_a_fence_proof_when_its_host_was_heard_after_it_was_given_then_it_is_void_and_an_operator_is_told(
        int proofSecondsAfterSign, bool isVoided)
    {
        liveness.Heard("node1", "");
        await database.AddAsync(Some.Host("node1"), Proof("node1", Some.Moment.AddSeconds(proofSecondsAfterSign)));
        time.Now += TimeSpan.FromSeconds(4);

        await signs.RecordAsync(["node1"], Cancel);

        var proof = await database.ReadAsync(each => each.FenceProofs.SingleAsync(Cancel));
        Assert.Equal(isVoided ? time.Now : null, proof.VoidedAt);
        Assert.Equal(isVoided, log.Lines.Any(line => line.Level == LogLevel.Warning && line.Text.Contains("node1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Given_a_recovery_that_may_have_relied_on_a_proof_when_it_is_void_then_whoever_watches_it_is_alarmed()
    {
        var (recovery, held) = Some.Recovery(Guid.NewGuid(), "node1", "node2");
        var (over, _) = Some.Recovery(Guid.NewGuid(), "node1", "node2", RecoveryState.Completed);
        over.FinishedAt = Some.Moment.AddHours(-1);
        var (justOver, _) = Some.Recovery(Guid.NewGuid(), "node1", "node2", RecoveryState.Failed);
        justOver.FinishedAt = Some.Moment.AddSeconds(-2);
        var (another, alsoHeld) = Some.Recovery(Guid.NewGuid(), "node3", "node2");
        await database.AddAsync(Some.Host("node1"), recovery, held, over, justOver, another, alsoHeld, Proof("node1", Some.Moment.AddSeconds(-1)));
        liveness.Heard("node1", "");

        await signs.RecordAsync(["node1"], Cancel);

        var alarms = await database.ReadAsync(each => each.Events.ToListAsync(Cancel));
        Assert.Equal(new[] { recovery.Id, justOver.Id }.Order(), alarms.Select(each => each.RecoveryId).Order());
        var alarm = alarms[0];
        Assert.Equal((EventTypes.Alarm, "node1"), (alarm.Type, alarm.Host));
        Assert.Contains("level 1, fence_x said off", alarm.Message, StringComparison.Ordinal);
        Assert.Contains("look at its power controller", alarm.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_host_that_gave_its_own_word_when_it_lives_on_then_that_proof_stands_and_only_that()
    {
        liveness.Heard("node1", "");
        var word = Proof("node1", Some.Moment.AddSeconds(-30));
        word.Kind = FenceProofKind.ExecutorWord;
        await database.AddAsync(Some.Host("node1"), word, Proof("node1", Some.Moment.AddSeconds(-30)));

        await signs.RecordAsync(["node1"], Cancel);

        var standing = await database.ReadAsync(each => each.FenceProofs.SingleAsync(row => row.VoidedAt == null, Cancel));
        Assert.Equal(FenceProofKind.ExecutorWord, standing.Kind);
    }

    [Fact]
    public async Task Given_a_proof_that_is_void_or_of_another_host_when_a_host_is_heard_then_it_stays_as_it_is()
    {
        var voided = Proof("node1", Some.Moment.AddHours(-2));
        voided.VoidedAt = Some.Moment.AddHours(-1);
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"), voided, Proof("node2", Some.Moment.AddHours(-1)));
        liveness.Heard("node1", "");

        await signs.RecordAsync(["node1", "node2"], Cancel);

        var proofs = await database.ReadAsync(each => each.FenceProofs.ToDictionaryAsync(row => row.Host, row => row.VoidedAt, Cancel));
        Assert.Equal(Some.Moment.AddHours(-1), proofs["node1"]);
        Assert.Null(proofs["node2"]);
    }

    private static FenceProofRow Proof(string host, DateTimeOffset at) =>
        new() { Host = host, Kind = FenceProofKind.PowerOff, At = at, Evidence = "level 1, fence_x said off" };

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
