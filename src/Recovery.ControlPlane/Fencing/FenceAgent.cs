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
public sealed partial class FenceAgent(RecoveryOptions options, TimeProvider time, ILogger<FenceAgent> log) : IFenceAgent
{
    // A daemon that an agent left behind may hold its output open; the exit code is the answer, output is decoration.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
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
            return new AgentAnswer(null, failure.Message, NeverRan: true);
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

    private async Task<AgentAnswer> RunAsync(
        string program, FenceAgentInput input, FenceLevel level, CancellationToken cancellationToken)
    {
        using var process = Start(program);
        var output = new AgentOutput(process, input.Secrets);
        var limit = TimeSpan.FromSeconds(Math.Max(1, level.TimeoutSeconds));
        using var deadline = new CancellationTokenSource(limit, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
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
                await output.WithinAsync(OutputGrace, time));
        }

        return new AgentAnswer(process.ExitCode, "", await output.WithinAsync(OutputGrace, time));
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
