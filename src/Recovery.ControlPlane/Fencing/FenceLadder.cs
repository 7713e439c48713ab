using System.Collections.Concurrent;
using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>The fence levels of a host, in order, until one proves that its power is off.</summary>
public sealed class FenceLadder(FenceAgent agents, TimeProvider time, ILogger<FenceLadder> log) : IFencing, IDisposable
{
    // Exit codes of the action "status", per FenceAgentAPI.
    private const int PowerIsOn = 0;
    private const int PowerIsOff = 2;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // Two recoveries that both want a host off would otherwise power-cycle between each other's looks.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);

    public async Task<FenceAttempt> TryAsync(HostRow host, CancellationToken cancellationToken)
    {
        if (host.Fencing.Count == 0)
        {
            return new FenceAttempt(
                false, $"{host.Name} has no fence levels configured. Add some with PUT /v1/hosts/{host.Name}, or {Attest(host)}", []);
        }

        var gate = gates.GetOrAdd(host.Name, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await ClimbAsync(host, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var gate in gates.Values)
        {
            gate.Dispose();
        }
    }

    private async Task<FenceAttempt> ClimbAsync(HostRow host, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var failures = new List<string>();
        foreach (var (index, level) in host.Fencing.Index())
        {
            var rung = new Rung(host.Name, level, string.Create(CultureInfo.InvariantCulture, $"level {index + 1}, {level.Agent}"), lines);
            var (proven, sentence) = await TryLevelAsync(rung, cancellationToken);
            if (proven)
            {
                log.LogWarning("{Host} is fenced: {Evidence}", host.Name, sentence);
                return new FenceAttempt(true, sentence, lines);
            }

            failures.Add(sentence);
        }

        var evidence = $"Nothing proves that {host.Name} is off. {string.Join(" ", failures)} "
            + $"Make one of these work (is its power controller reachable, are its options right?), or {Attest(host)}";
        log.LogError("{Host} is not fenced: {Evidence}", host.Name, evidence);
        return new FenceAttempt(false, evidence, lines);
    }

    // A shell that can't parse its script and a Perl program that misses a file exit with 2 as well, and 2 means "off".
    // So "off" alone proves nothing from a program that has said nothing else: it is told "off" in any case, which does
    // no harm to a host that is off, has to answer that with 0, and has to say "off" afterwards.
    private async Task<(bool Proven, string Sentence)> TryLevelAsync(Rung rung, CancellationToken cancellationToken)
    {
        var before = await AskAsync(rung, "status", cancellationToken);
        if (before.ExitCode is not (PowerIsOn or PowerIsOff))
        {
            return (false, $"{rung.Name}: it could not tell the power state ({before}).");
        }

        var told = await AskAsync(rung, "off", cancellationToken);
        if (!told.Succeeded)
        {
            return (false, $"{rung.Name}: it said that the power is {Word(before)}, and could not switch it off ({told}).");
        }

        var after = await LookUntilOffAsync(rung, cancellationToken);
        if (after.ExitCode != PowerIsOff)
        {
            return (false, $"{rung.Name}: it claims to have switched the power off, and then did not say that it is off ({after}).");
        }

        var at = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return (true, before.ExitCode == PowerIsOff
            ? $"{rung.Name} said that {rung.Host} was already off, was told to switch it off all the same, and said off again at {at}."
            : $"{rung.Name} said that {rung.Host} was on, was told to switch it off, and said off at {at}.");
    }

    // Power controllers take a while, and some don't answer while they switch.
    private async Task<AgentAnswer> LookUntilOffAsync(Rung rung, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var answer = await AskAsync(rung, "status", cancellationToken);
            if (answer.ExitCode == PowerIsOff || time.GetElapsedTime(start) + BetweenLooks > rung.Patience)
            {
                return answer;
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private async Task<AgentAnswer> AskAsync(Rung rung, string action, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var answer = await agents.AskAsync(rung.Level, rung.Host, action, cancellationToken);
        var meaning = (action, answer.ExitCode) switch
        {
            ("status", PowerIsOn or PowerIsOff) => Word(answer),
            ("off", 0) => "done",
            _ => "failed",
        };
        rung.Lines.Add(string.Create(
            CultureInfo.InvariantCulture, $"{rung.Name}: {action} → {meaning} ({answer}) in {time.GetElapsedTime(start).TotalSeconds:0.0} s"));
        return answer;
    }

    private static string Word(AgentAnswer status) => status.ExitCode == PowerIsOff ? "off" : "on";

    private static string Attest(HostRow host) =>
        $"make sure yourself that it is off and attest it: POST /v1/hosts/{host.Name}/attestations.";

    private sealed record Rung(string Host, FenceLevel Level, string Name, List<string> Lines)
    {
        public TimeSpan Patience => TimeSpan.FromSeconds(Math.Max(1, Level.TimeoutSeconds));
    }
}
