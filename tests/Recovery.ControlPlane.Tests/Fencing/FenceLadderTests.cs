using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Fencing;

/// <summary>In which order levels are tried, and what each one's word is worth. Nothing real is asked.</summary>
public sealed class FenceLadderTests : IHostFence, IFenceAgent, IStorageFence
{
    private readonly List<string> asked = [];
    private readonly SteeredTime time = new();

    private Func<HostWord> Word { get; set; } = () => new HostWord(Answered: false, Confirmed: false, "nobody answers at http://10.0.0.11:7071", MayHaveBegun: false);

    private Func<string, AgentAnswer> Agent { get; set; } = _ => new AgentAnswer(1);

    private Func<CancellationToken, Task<FenceAttempt?>> Storage { get; set; } = _ => Task.FromResult<FenceAttempt?>(null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_a_host_that_answers_then_its_own_word_is_the_proof_and_nobody_pulls_its_plug()
    {
        Word = () => new HostWord(Answered: true, Confirmed: true, "it ended 2 (web, db), and saw that none is left", MayHaveBegun: true);

        var attempt = await TryAsync();

        Assert.Equal(["executor"], asked);
        Assert.Equal((true, FenceProofKind.ExecutorWord), (attempt.ProvenOff, attempt.Kind));
        Assert.Equal("the host's own executor on node1 was told at 2026-03-01 02:30:00Z to end every guest: it ended 2 (web, db), and saw that none is left.", attempt.Evidence);
    }

    [Fact]
    public async Task Given_a_host_that_took_its_time_to_answer_then_its_proof_counts_from_the_question_on_and_ends_after_ten_minutes()
    {
        Word = () =>
        {
            time.Now += TimeSpan.FromSeconds(20);
            return new HostWord(Answered: true, Confirmed: true, "it found none", MayHaveBegun: true);
        };

        var proof = (await TryAsync()).Proof("node1", time.Now + TimeSpan.FromSeconds(1));

        Assert.Equal(Some.Moment, proof.At);
        Assert.Equal(Some.Moment.AddMinutes(10), proof.ExpiresAt);
    }

    [Fact]
    public async Task Given_a_host_that_does_not_answer_then_it_is_asked_once_and_its_agent_comes_next()
    {
        Agent = action => new AgentAnswer(action == "off" ? 0 : 2);

        var attempt = await TryAsync();

        Assert.Equal(["executor", "status", "off", "status"], asked);
        Assert.Equal(FenceProofKind.PowerOff, attempt.Kind);
        var proof = attempt.Proof("node1", Some.Moment.AddSeconds(3));
        Assert.Equal((Some.Moment.AddSeconds(3), (DateTimeOffset?)null), (proof.At, proof.ExpiresAt));
    }

    [Fact]
    public async Task Given_a_host_that_answers_and_can_not_confirm_then_it_is_asked_twice_and_its_agent_comes_next()
    {
        Word = () => new HostWord(Answered: true, Confirmed: false, "web does not die: it waits for its storage", MayHaveBegun: true);
        Agent = action => new AgentAnswer(action == "off" ? 0 : 2);

        var attempt = await TryAsync();

        Assert.Equal(["executor", "executor", "status", "off", "status"], asked);
        Assert.True(attempt.ProvenOff);
        Assert.Contains(attempt.Log, line => line.Contains("web does not die", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_host_that_may_have_ended_guests_then_that_is_known_whatever_level_proves_it_off(bool proven)
    {
        var tries = 0;
        Word = () => new HostWord(Answered: true, Confirmed: false, "the answer was lost", MayHaveBegun: ++tries == 1);
        Agent = action => new AgentAnswer(action == "off" ? 0 : proven ? 2 : 1);

        var attempt = await TryAsync();

        Assert.Equal((2, proven, OrderState.Out), (tries, attempt.ProvenOff, attempt.Order));
    }

    [Fact]
    public async Task Given_a_host_that_was_never_reached_then_no_order_is_out()
    {
        Assert.Equal(OrderState.None, (await TryAsync()).Order);
    }

    [Theory]
    [InlineData(true, true, "the host's own executor: confirmed (as it says) in 0.0 s")]
    [InlineData(false, true, "the host's own executor: failed (as it says) in 0.0 s")]
    [InlineData(false, false, "the host's own executor: was never told (as it says) in 0.0 s")]
    public async Task Asked_what_became_of_an_order_only_the_host_itself_is_asked_and_once(bool confirmed, bool begun, string line)
    {
        Word = () => new HostWord(Answered: true, confirmed, "as it says", begun);
        var host = Some.Host("node1");
        using var ladder = new FenceLadder(this, this, [this], time, NullLogger<FenceLadder>.Instance);

        var attempt = await ladder.AskAsync(host, new FenceOrder(Guid.NewGuid(), 1), Cancel);

        Assert.Equal(["question"], asked);
        Assert.Equal((confirmed, FenceProofKind.ExecutorWord), (attempt.ProvenOff, attempt.Kind));
        Assert.Equal(begun ? OrderState.Out : OrderState.Withdrawn, attempt.Order);
        Assert.Equal([line], attempt.Log);
    }

    [Fact]
    public async Task Given_levels_that_all_fail_when_the_storage_cuts_the_host_off_then_that_is_the_proof()
    {
        Storage = _ => Task.FromResult<FenceAttempt?>(new FenceAttempt(true, "ceph-1 has blocked node1.", ["ceph-1: blocked"]));

        var attempt = await TryAsync();

        Assert.Equal("storage", asked[^1]);
        Assert.Equal((true, FenceProofKind.StorageCutOff, "ceph-1 has blocked node1."), (attempt.ProvenOff, attempt.Kind, attempt.Evidence));
        Assert.Equal("ceph-1: blocked", attempt.Log[^1]);
    }

    [Fact]
    public async Task Given_a_storage_fence_that_breaks_then_that_is_a_failure_of_its_level_and_the_operator_is_asked()
    {
        Storage = _ => throw new IOException("the array's API answers 503");

        var attempt = await TryAsync();

        Assert.False(attempt.ProvenOff);
        Assert.Contains("Storage fence: the array's API answers 503; tried 2 times.", attempt.Evidence, StringComparison.Ordinal);
        Assert.Contains("POST /v1/hosts/node1/attestations", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_recovery_that_is_stopped_then_a_storage_fence_does_not_turn_that_into_a_failure()
    {
        using var stop = new CancellationTokenSource();
        Storage = async token =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TryAsync(stop.Token));
    }

    [Fact]
    public async Task Given_no_storage_fence_and_no_agent_then_nothing_is_said_of_storage_and_what_can_be_done_is()
    {
        using var ladder = new FenceLadder(this, this, [], time, NullLogger<FenceLadder>.Instance);

        var attempt = await ladder.TryAsync(Some.Host("node1"), new FenceOrder(Guid.NewGuid(), 1), Cancel);

        Assert.Equal(
            "Nothing proves that node1 is off. The host's own executor: nobody answers at http://10.0.0.11:7071. node1 has no fence agents configured: add some with PUT /v1/hosts/node1, or make sure yourself that it is off and attest it: POST /v1/hosts/node1/attestations.",
            attempt.Evidence);
    }

    [Fact]
    public void An_attempt_that_proved_nothing_can_not_be_recorded_as_a_proof() =>
        Assert.Throws<InvalidOperationException>(() => new FenceAttempt(false, "", []).Proof("node1", Some.Moment));

    Task<HostWord> IHostFence.AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken)
    {
        asked.Add("question");
        return Task.FromResult(Word());
    }

    Task<HostWord> IHostFence.TellAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken)
    {
        asked.Add("executor");
        return Task.FromResult(Word());
    }

    Task<AgentAnswer> IFenceAgent.AskAsync(FenceLevel level, string host, string action, CancellationToken cancellationToken)
    {
        asked.Add(action);
        return Task.FromResult(Agent(action));
    }

    Task<FenceAttempt?> IStorageFence.TryAsync(HostRow host, CancellationToken cancellationToken)
    {
        asked.Add("storage");
        return Storage(cancellationToken);
    }

    private async Task<FenceAttempt> TryAsync(CancellationToken? stop = null)
    {
        var host = Some.Host("node1");
        host.Fencing = [new FenceLevel("fence_x", new Dictionary<string, string>(), new Dictionary<string, string>(), 1)];
        using var ladder = new FenceLadder(this, this, [this], time, NullLogger<FenceLadder>.Instance);
        return await ladder.TryAsync(host, new FenceOrder(Guid.NewGuid(), 1), stop ?? Cancel);
    }

    /// <summary>Whoever waits has waited already.</summary>
    private sealed class SteeredTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Some.Moment;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime <= TimeSpan.FromSeconds(5)
                ? System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan)
                : System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
