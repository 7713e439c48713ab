using Recovery.Executor.Operations;

namespace Recovery.Executor.Tests.Operations;

public sealed class OperationLogTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 6, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        using (var log = Open())
        {
            log.Append(Intent("s1", epoch: 3));
            log.Append(new Claimed(Now, "s1", "r", "i"));
            log.Append(Outcome("s1"));
            log.Append(Intent("s2", epoch: 2));
        }
        using var again = Open();
        Assert.Equal(("fine", 3ul, true), (again.Outcome("s1")!.Message, again.Epoch("r"), again.Owns("r", "i")));
        Assert.NotNull(again.Intent("s2"));
        Assert.Null(again.Outcome("s2"));
    }

    [Theory]
    [InlineData("{\"kind\":\"outco")]
    [InlineData("{\"kind\":\"outcome\",\"step\"\n")]
    [InlineData("\0\0\0\0\0\0")]
    [InlineData("{}\n")]
    public void A_torn_last_line_is_dropped_and_the_log_goes_on(string torn)
    {
        using (var log = Open()) log.Append(Intent("s1"));
        File.AppendAllText(LogPath, torn);
        using (var log = Open())
        {
            Assert.NotNull(log.Intent("s1"));
            log.Append(Outcome("s1"));
        }
        using var again = Open();
        Assert.NotNull(again.Outcome("s1"));
    }

    [Fact]
    public void Damage_in_the_middle_stops_the_start_with_the_line_and_what_to_do()
    {
        using (var log = Open())
        {
            log.Append(Intent("s1"));
            log.Append(Intent("s2"));
        }
        var lines = File.ReadAllLines(LogPath);
        lines[0] = lines[0][..20];
        File.WriteAllLines(LogPath, lines);
        var before = File.ReadAllText(LogPath);
        var damaged = Assert.Throws<OperationLogException>(() => Open());
        Assert.Contains("Line 1 of the operation log", damaged.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(LogPath));
    }

    [Fact]
    public void Two_executors_never_share_a_log()
    {
        using var log = Open();
        Assert.Contains("Another executor", Assert.Throws<OperationLogException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recovery_of_long_ago_is_forgotten_whole_and_a_living_one_kept_whole()
    {
        using (var log = Open())
        {
            log.Append(Intent("old", "dead", at: Now.AddDays(-31)));
            log.Append(Intent("begun-long-ago", "alive", epoch: 7, at: Now.AddDays(-31)));
            log.Append(Intent("recent", "alive", epoch: 7));
        }
        using var again = Open();
        Assert.Null(again.Intent("old"));
        Assert.NotNull(again.Intent("begun-long-ago"));
        Assert.Equal((0ul, 7ul), (again.Epoch("dead"), again.Epoch("alive")));
    }

    [Fact]
    public void A_domain_belongs_to_the_recovery_that_defined_it_last_and_to_nobody_after_its_undefine()
    {
        using var log = Open();
        log.Append(new Claimed(Now, "s", "first", "i"));
        log.Append(new Claimed(Now, "s", "second", "i"));
        Assert.Equal((false, true), (log.Owns("first", "i"), log.Owns("second", "i")));
        log.Append(new Released(Now, "s", "first", "i"));
        Assert.True(log.Owns("second", "i"));
        log.Append(new Released(Now, "s", "second", "i"));
        Assert.False(log.Owns("second", "i"));
    }

    private string LogPath => directory[OperationLogFile.Name];

    private OperationLog Open() => OperationLog.Open(directory.Path, new Clock(Now));

    private static Intent Intent(string step, string recovery = "r", ulong epoch = 1, DateTimeOffset? at = null) =>
        new(at ?? Now, step, recovery, epoch, "i", "start", "f");

    private static Outcome Outcome(string step) => new(Now, step, true, 0, "fine", false, [], []);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
