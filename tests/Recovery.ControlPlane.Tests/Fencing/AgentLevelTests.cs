using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Fencing;

/// <summary>Fencing with real programs as agents; the hosts themselves do not answer.</summary>
public sealed class AgentLevelTests : IDisposable
{
    private const string Secret = "hunter2&more";

    private const string Obedient = """
        case "$o_action" in
          status) [ "$(cat power)" = off ] && exit 2; exit 0 ;;
          off) echo off > power ;;
          *) exit 1 ;;
        esac
        """;

    private readonly AgentDirectory agents = new();
    private readonly LogBook<FenceAgent> log = new();
    private readonly FenceLadder ladder;

    public AgentLevelTests()
    {
        agents.Power = "on";
        var options = new RecoveryOptions { Fencing = new FencingOptions { AgentDirectory = agents.Path, SecretsDirectory = agents.Path } };
        ladder = new FenceLadder(
            new SilentExecutors(), new FenceAgent(options, TimeProvider.System, log), [], TimeProvider.System, NullLogger<FenceLadder>.Instance);
    }

    private static FenceOrder Order { get; } = new(Guid.CreateVersion7(), 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        ladder.Dispose();
        agents.Dispose();
    }

    [Fact]
    public async Task Given_an_agent_that_obeys_then_the_host_is_off_and_the_evidence_says_who_said_what()
    {
        var attempt = await TryAsync(Level(agents.Add("fence_obeys", Obedient)));

        Assert.True(attempt.ProvenOff);
        Assert.Contains("fence_obeys said that node1 was on", attempt.Evidence, StringComparison.Ordinal);
        Assert.Equal("off", agents.Power);
        Assert.Equal(FenceProofKind.PowerOff, attempt.Kind);
        Assert.Equal(4, attempt.Log.Count);
        Assert.StartsWith("the host's own executor: failed", attempt.Log[0], StringComparison.Ordinal);
        Assert.All(attempt.Log.Skip(1), line => Assert.StartsWith("level 1, fence_obeys: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_options_then_the_agent_reads_them_on_its_standard_input_with_the_action_last_and_nothing_on_its_command_line()
    {
        agents.Secret("bmc-password", Secret + "\n");
        agents.Add("fence_reads", Obedient);

        await TryAsync(Level("fence_reads") with
        {
            Options = new Dictionary<string, string> { ["ip"] = "10.0.0.7", ["login"] = "a=b" },
            SecretOptions = new Dictionary<string, string> { ["password"] = "bmc-password" },
        });

        Assert.Equal($"args: nodename=node1 ip=10.0.0.7 login=a=b password={Secret} action=status", agents.Calls[0]);
        Assert.EndsWith("action=off", agents.Calls[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_host_that_is_off_already_then_that_counts()
    {
        agents.Power = "off";

        var attempt = await TryAsync(Level(agents.Add("fence_obeys", Obedient)));

        Assert.True(attempt.ProvenOff);
        Assert.Contains("already off", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_an_agent_that_claims_to_have_switched_off_and_has_not_then_nothing_is_proven()
    {
        var attempt = await TryAsync(Level(agents.Add("fence_lies", "exit 0"), timeoutSeconds: 2));

        Assert.False(attempt.ProvenOff);
        Assert.Contains("fence_lies", attempt.Evidence, StringComparison.Ordinal);
        Assert.Contains("POST /v1/hosts/node1/attestations", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_power_controller_that_takes_a_while_then_its_word_is_waited_for()
    {
        agents.Add("fence_slow", """
            case "$o_action" in
              off) echo switching > power ;;
              status) [ "$(cat power)" = on ] && exit 0
                      echo . >> looks
                      case $(wc -l < looks) in 1) exit 0 ;; 2) echo busy >&2; exit 1 ;; *) exit 2 ;; esac ;;
            esac
            """);

        var attempt = await TryAsync(Level("fence_slow", timeoutSeconds: 10));

        Assert.True(attempt.ProvenOff);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("exit 3")]
    [InlineData("[ $o_action = off ] && exit 1; exit 0")]
    [InlineData("kill -9 $$")]
    [InlineData("[ -e asked ] || { touch asked; exit 1; }; [ $o_action = off ] && exit 0; exit 2")] // not even at its first look
    [InlineData("if then fi")] // a script that doesn't parse exits with 2, and 2 means off
    [InlineData("exec perl -e 'open(F, q(/nonexistent)) or die'")] // so does a Perl program that misses a file
    public async Task Given_an_agent_that_fails_then_it_is_never_a_proof(string body)
    {
        var attempt = await TryAsync(Level(agents.Add("fence_fails", body), timeoutSeconds: 1));

        Assert.False(attempt.ProvenOff);
        Assert.NotEmpty(attempt.Log);
    }

    [Fact]
    public async Task Given_an_agent_that_hangs_then_it_is_killed_with_its_children_and_that_is_no_proof()
    {
        agents.Add("fence_hangs", "sleep 300 & echo $! > child; wait");

        var attempt = await TryAsync(Level("fence_hangs", timeoutSeconds: 1));

        Assert.False(attempt.ProvenOff);
        Assert.Contains("within 1 s", attempt.Evidence, StringComparison.Ordinal);
        Assert.False(await StaysAlive(agents.At("child")));
    }

    [Fact]
    public async Task Given_an_agent_that_leaves_a_daemon_behind_holding_its_output_then_its_answer_is_not_waited_for()
    {
        agents.Add("fence_daemon", "(trap '' HUP; exec sleep 20) & echo $! > child\n" + Obedient);

        var attempt = await TryAsync(Level("fence_daemon", timeoutSeconds: 15)).WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.True(attempt.ProvenOff);
    }

    [Fact]
    public async Task Given_a_recovery_that_is_stopped_then_its_agent_is_killed()
    {
        agents.Add("fence_hangs", "sleep 300 & echo $! > child; wait");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ladder.TryAsync(Host(Level("fence_hangs")), Order, stop.Token));

        Assert.False(await StaysAlive(agents.At("child")));
    }

    [Fact]
    public async Task Given_an_agent_that_prints_its_secret_then_nobody_gets_to_see_it()
    {
        agents.Secret("bmc-password", Secret);
        agents.Add("fence_chatty", """
            echo "login with $o_password failed"
            echo "https://bmc/?p=hunter2%26more refused" >&2
            exit 1
            """);

        var attempt = await TryAsync(Level("fence_chatty") with { SecretOptions = new Dictionary<string, string> { ["password"] = "bmc-password" } });

        var everything = attempt.Evidence + string.Join('\n', attempt.Log) + log.Text;
        Assert.Contains("***", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_secret_that_was_changed_in_its_file_then_the_next_call_has_the_new_one()
    {
        agents.Secret("bmc-password", "old");
        agents.Add("fence_reads", """[ "$o_password" = old ] && echo new > bmc-password; exit 1""");
        var level = Level("fence_reads") with { SecretOptions = new Dictionary<string, string> { ["password"] = "bmc-password" } };

        await TryAsync(level);
        await TryAsync(level);

        Assert.Contains("password=new", agents.Calls[1], StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "fence_no_such", "ip", "10.0.0.7", "install the agent" },
        { "../fence_obeys", "ip", "10.0.0.7", "is no name of an agent" },
        { "/bin/true", "ip", "10.0.0.7", "is no name of an agent" },
        { "power", "ip", "10.0.0.7", "can't be run" },
        { "fence_obeys", "action", "on", "Recovery alone" },
        { "fence_obeys", "option", "on", "Recovery alone" },
        { "fence_obeys", "ip", "10.0.0.7\naction=on", "line break" },
        { "fence_obeys", "ip x", "10.0.0.7", "no name of an option" },
        { "fence_obeys", "ip\naction", "on", "no name of an option" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Given_a_level_that_can_not_be_asked_then_no_agent_runs_and_the_reason_is_said(string agent, string key, string value, string reason)
    {
        agents.Add("fence_obeys", Obedient);

        var attempt = await TryAsync(Level(agent) with { Options = new Dictionary<string, string> { [key] = value } });

        Assert.False(attempt.ProvenOff);
        Assert.Contains(reason, attempt.Evidence, StringComparison.Ordinal);
        Assert.Empty(agents.Calls);
    }

    [Theory]
    [InlineData("missing", "can't be read")]
    [InlineData("../secret", "without any folder")]
    [InlineData("/etc/passwd", "without any folder")]
    [InlineData("..", "without any folder")]
    [InlineData("two-lines", "line break")]
    [InlineData("env:RECOVERY_SECRET_MISSING", "environment variable RECOVERY_SECRET_MISSING")]
    [InlineData("env:PATH", "env:RECOVERY_SECRET_NAME")] // not everything in there is for fence agents
    public async Task Given_a_secret_that_can_not_be_given_then_no_agent_runs_and_the_reason_is_said(string file, string reason)
    {
        agents.Add("fence_obeys", Obedient);
        agents.Secret("two-lines", "first\nsecond\n");

        var attempt = await TryAsync(Level("fence_obeys") with { SecretOptions = new Dictionary<string, string> { ["password"] = file } });

        Assert.False(attempt.ProvenOff);
        Assert.Contains(reason, attempt.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("second", attempt.Evidence, StringComparison.Ordinal);
        Assert.Empty(agents.Calls);
    }

    [Fact]
    public async Task Given_a_first_level_that_fails_then_the_second_is_tried_and_its_proof_counts()
    {
        agents.Add("fence_bmc", "exit 1");
        agents.Add("fence_pdu", Obedient);

        var attempt = await TryAsync(Level("fence_bmc"), Level("fence_pdu"));

        Assert.True(attempt.ProvenOff);
        Assert.StartsWith("level 2, fence_pdu", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_levels_that_all_fail_then_each_failure_is_told_and_what_can_be_done()
    {
        agents.Add("fence_bmc", "echo 'Unable to connect to the BMC' >&2; exit 1");

        var attempt = await TryAsync(Level("fence_bmc"), Level("fence_pdu"));

        Assert.False(attempt.ProvenOff);
        Assert.Contains("level 1, fence_bmc", attempt.Evidence, StringComparison.Ordinal);
        Assert.Contains("Unable to connect to the BMC", attempt.Evidence, StringComparison.Ordinal);
        Assert.Contains("level 2, fence_pdu", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_host_without_levels_then_that_is_said()
    {
        var attempt = await TryAsync();

        Assert.False(attempt.ProvenOff);
        Assert.Contains("no fence agents configured", attempt.Evidence, StringComparison.Ordinal);
        Assert.Contains("/v1/hosts/node1/attestations", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_two_recoveries_that_want_a_host_off_then_its_agents_never_run_at_the_same_time()
    {
        agents.Add("fence_alone", "mkdir busy || { echo overlap >> overlaps; exit 1; }; sleep 0.2; rmdir busy\n" + Obedient);

        var attempts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TryAsync(Level("fence_alone"))));

        Assert.All(attempts, attempt => Assert.True(attempt.ProvenOff));
        Assert.False(File.Exists(agents.At("overlaps")));
    }

    [Fact]
    public async Task Given_an_agent_that_fails_once_when_its_level_is_tried_twice_then_the_second_time_counts()
    {
        agents.Add("fence_busy", "[ -e asked ] || { touch asked; echo 'session limit reached' >&2; exit 1; }\n" + Obedient);

        var attempt = await TryAsync(Level("fence_busy") with { Tries = 2 });

        Assert.True(attempt.ProvenOff);
        Assert.Equal("off", agents.Power);
    }

    [Fact]
    public async Task Given_an_agent_that_always_fails_then_it_is_tried_as_often_as_its_level_says_and_the_evidence_tells()
    {
        agents.Add("fence_fails", "exit 1");

        var attempt = await TryAsync(Level("fence_fails") with { Tries = 3 });

        Assert.Equal(3, agents.Calls.Count);
        Assert.Contains("level 1, fence_fails: it could not tell the power state (exit code 1); tried 3 times.", attempt.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_an_agent_that_is_not_installed_then_it_is_not_tried_again()
    {
        var attempt = await TryAsync(Level("fence_no_such") with { Tries = 10 });

        Assert.Single(attempt.Log, line => line.StartsWith("level 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_secret_in_the_environment_then_the_agent_is_given_it_and_nobody_gets_to_see_it()
    {
        const string Variable = "RECOVERY_SECRET_LADDER";
        Environment.SetEnvironmentVariable(Variable, Secret);
        agents.Add("fence_chatty", "echo \"login with $o_password\"; " + Obedient);

        var attempt = await TryAsync(Level("fence_chatty") with { SecretOptions = new Dictionary<string, string> { ["password"] = $"env:{Variable}" } });

        Assert.True(attempt.ProvenOff);
        Assert.Contains($"password={Secret}", agents.Calls[0], StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", attempt.Evidence + string.Join('\n', attempt.Log) + log.Text, StringComparison.Ordinal);
    }

    private static HostRow Host(params FenceLevel[] levels)
    {
        var host = Some.Host("node1");
        host.Fencing = [.. levels];
        return host;
    }

    private static FenceLevel Level(string agent, int timeoutSeconds = 20) =>
        new(agent, new Dictionary<string, string>(), new Dictionary<string, string>(), timeoutSeconds, Tries: 1);

    private static async Task<bool> StaysAlive(string pidFile)
    {
        var process = $"/proc/{(await File.ReadAllTextAsync(pidFile, Cancel)).Trim()}";
        for (var look = 0; look < 20 && IsRunning(process); look++)
        {
            await Task.Delay(100, Cancel);
        }

        return IsRunning(process);
    }

    // A killed orphan that nobody has reaped yet is a zombie, and dead all the same.
    private static bool IsRunning(string process)
    {
        try
        {
            return !File.ReadAllText($"{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task<FenceAttempt> TryAsync(params FenceLevel[] levels) => ladder.TryAsync(Host(levels), Order, Cancel);

    private sealed class SilentExecutors : IHostFence
    {
        public Task<HostWord> TellAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
            Task.FromResult(new HostWord(Answered: false, Confirmed: false, "nobody answers", MayHaveBegun: false));

        public Task<HostWord> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
            TellAsync(host, order, cancellationToken);
    }
}
