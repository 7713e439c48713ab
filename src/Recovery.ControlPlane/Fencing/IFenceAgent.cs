using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>Calls fence agents.</summary>
public interface IFenceAgent
{
    /// <summary>One call of an agent. A call that can't be made is an answer too: a failed one.</summary>
    /// <param name="level">Which agent, and how.</param>
    /// <param name="host">Given to the agent as <c>nodename</c>.</param>
    /// <param name="action"><c>status</c> or <c>off</c>.</param>
    /// <param name="cancellationToken">Ends the call, and the agent with it.</param>
    Task<AgentAnswer> AskAsync(FenceLevel level, string host, string action, CancellationToken cancellationToken);
}

/// <summary>What an agent answered to one call.</summary>
/// <param name="ExitCode">Null when it was killed, or never ran. Of <c>off</c>: 0 done; of <c>status</c>: 0 on, 2 off.</param>
/// <param name="Problem">Why there is no exit code; else empty.</param>
/// <param name="Output">What it printed, without secrets.</param>
/// <param name="NeverRan">It can't be called at all as it is configured; the next call would end alike.</param>
public sealed record AgentAnswer(int? ExitCode, string Problem = "", string Output = "", bool NeverRan = false)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>For humans: how it ended, and the last line that it printed.</summary>
    public override string ToString()
    {
        var end = ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : Problem;
        var last = Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return last is null ? end : $"{end}, \"{(last.Length > 300 ? last[..300] + "…" : last)}\"";
    }
}
