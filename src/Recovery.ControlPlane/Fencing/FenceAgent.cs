using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>
/// Runs fence agents as the FenceAgentAPI of ClusterLabs' fence-agents describes them: a program, its options on
/// standard input, its answer the exit code.
/// </summary>
public sealed partial class FenceAgent(RecoveryOptions options, ILogger<FenceAgent> log)
{
    // A daemon that an agent left behind may hold its output open; the exit code is the answer, output is decoration.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <summary>One call of an agent. A call that can't be made is an answer too: a failed one.</summary>
    /// <param name="level">Which agent, and how.</param>
    /// <param name="host">Given to the agent as <c>nodename</c>.</param>
    /// <param name="action"><c>status</c> or <c>off</c>.</param>
    /// <param name="cancellationToken">Kills the agent with all that it started.</param>
    public async Task<AgentAnswer> AskAsync(
        FenceLevel level, string host, string action, CancellationToken cancellationToken)
    {
        try
        {
            var program = Locate(level.Agent);
            var input = await FenceAgentInput.BuildAsync(level, host, action, options.Fencing, cancellationToken);
            var answer = await RunAsync(program, input, level, cancellationToken);
            log.LogInformation("Fence agent {Agent} for {Host}, action {Action}: {Answer}", level.Agent, host, action, answer);
            return answer;
        }
        catch (FenceLevelException failure)
        {
            log.LogWarning("Fence agent {Agent} for {Host}, action {Action}: {Problem}", level.Agent, host, action, failure.Message);
            return AgentAnswer.NotAsked(failure.Message);
        }
    }

    private string Locate(string agent)
    {
        if (!AgentName().IsMatch(agent))
        {
            throw new FenceLevelException($"'{agent}' is no name of an agent; it has to be a program in {options.Fencing.AgentDirectory}");
        }

        var program = Path.Combine(options.Fencing.AgentDirectory, agent);
        return File.Exists(program)
            ? program
            : throw new FenceLevelException($"there is no {program}; install the agent, or correct the host's fencing");
    }

    private static async Task<AgentAnswer> RunAsync(
        string program, FenceAgentInput input, FenceLevel level, CancellationToken cancellationToken)
    {
        using var process = Start(program);
        var output = new AgentOutput(process, input.Secrets);
        var limit = TimeSpan.FromSeconds(Math.Max(1, level.TimeoutSeconds));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            await FeedAsync(process, input, patience.Token);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new AgentAnswer(
                null, string.Create(CultureInfo.InvariantCulture, $"it did not answer within {limit.TotalSeconds:0} s and was killed"),
                await output.WithinAsync(OutputGrace));
        }

        return AgentAnswer.Of(process.ExitCode, await output.WithinAsync(OutputGrace));
    }

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception failure)
        {
            throw new FenceLevelException($"{program} can't be run: {failure.Message}", failure);
        }
    }

    private static async Task FeedAsync(Process process, FenceAgentInput input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.Text.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It closed its input without reading all of it. What that means, its exit code says.
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]
    private static partial Regex AgentName();
}

/// <summary>What an agent answered to one call.</summary>
/// <param name="ExitCode">Null when it was killed, or never ran.</param>
/// <param name="Problem">Why there is no exit code; else empty.</param>
/// <param name="Output">What it printed, without secrets.</param>
public sealed record AgentAnswer(int? ExitCode, string Problem, string Output)
{
    public bool Succeeded => ExitCode == 0;

    internal static AgentAnswer NotAsked(string problem) => new(null, problem, "");

    internal static AgentAnswer Of(int exitCode, string output) => new(exitCode, "", output);

    /// <summary>For humans: how it ended, and the last line that it printed.</summary>
    public override string ToString()
    {
        var end = ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : Problem;
        var last = Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return last is null ? end : $"{end}, \"{(last.Length > 300 ? last[..300] + "…" : last)}\"";
    }
}
