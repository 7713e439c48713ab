using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Fencing;

/// <summary>A fence agent: it is told to switch the power off, and has to say afterwards that it is off.</summary>
internal sealed class AgentLevel(HostRow host, int index, IFenceAgent agents, TimeProvider time) : IFenceLevel
{
    // Exit codes of the action "status", per FenceAgentAPI.
    private const int PowerIsOn = 0;
    private const int PowerIsOff = 2;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly FenceLevel level = host.Fencing[index];

    public int Tries => Math.Max(1, level.Tries);

    private string Name => string.Create(CultureInfo.InvariantCulture, $"level {index + 1}, {level.Agent}");

    private TimeSpan Patience => TimeSpan.FromSeconds(Math.Max(1, level.TimeoutSeconds));

    // A shell that can't parse its script and a Perl program that misses a file exit with 2 as well, and 2 means "off".
    // So "off" alone proves nothing from a program that has said nothing else: it is told "off" in any case, which does
    // no harm to a host that is off, has to answer that with 0, and has to say "off" afterwards.
    public async Task<FenceLevelEnd> TryAsync(List<string> lines, CancellationToken cancellationToken)
    {
        var before = await AskAsync("status", lines, cancellationToken);
        if (before.ExitCode is not (PowerIsOn or PowerIsOff))
        {
            return Failed($"it could not tell the power state ({before})") with { Hopeless = before.NeverRan };
        }

        var told = await AskAsync("off", lines, cancellationToken);
        if (!told.Succeeded)
        {
            return Failed($"it said that the power is {Word(before)}, and could not switch it off ({told})");
        }

        var after = await LookUntilOffAsync(lines, cancellationToken);
        if (after.ExitCode != PowerIsOff)
        {
            return Failed($"it claims to have switched the power off, and then did not say that it is off ({after})");
        }

        var at = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var sentence = before.ExitCode == PowerIsOff
            ? $"{Name} said that {host.Name} was already off, was told to switch it off all the same, and said off again at {at}."
            : $"{Name} said that {host.Name} was on, was told to switch it off, and said off at {at}.";
        return new FenceLevelEnd(true, sentence, FenceProofKind.PowerOff);
    }

    // Power controllers take a while, and some don't answer while they switch.
    private async Task<AgentAnswer> LookUntilOffAsync(List<string> lines, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var answer = await AskAsync("status", lines, cancellationToken);
            if (answer.ExitCode == PowerIsOff || time.GetElapsedTime(start) + BetweenLooks > Patience)
            {
                return answer;
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private async Task<AgentAnswer> AskAsync(string action, List<string> lines, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var answer = await agents.AskAsync(level, host.Name, action, cancellationToken);
        var meaning = (action, answer.ExitCode) switch
        {
            ("status", PowerIsOn or PowerIsOff) => Word(answer),
            ("off", 0) => "done",
            _ => "failed",
        };
        lines.Add(string.Create(
            CultureInfo.InvariantCulture, $"{Name}: {action} → {meaning} ({answer}) in {time.GetElapsedTime(start).TotalSeconds:0.0} s"));
        return answer;
    }

    private FenceLevelEnd Failed(string why) => new(false, $"{Name}: {why}.", FenceProofKind.PowerOff);

    private static string Word(AgentAnswer status) => status.ExitCode == PowerIsOff ? "off" : "on";
}
