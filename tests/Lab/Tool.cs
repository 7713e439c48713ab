using System.Diagnostics;

namespace Recovery.Labs;

/// <summary>What a program said and how it ended.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs of the system, with their own words in the error when they fail.</summary>
internal static class Tool
{
    /// <returns>Standard output.</returns>
    /// <exception cref="LabException">It ended with another code than 0. Carries its standard error.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var result = await TryAsync(program, arguments, cancellationToken, input);
        return result.ExitCode == 0 ? result.Output : throw Failed(program, arguments, result);
    }

    public static LabException Failed(string program, IReadOnlyList<string> arguments, ToolResult result) =>
        new($"`{program} {string.Join(' ', arguments)}` ended with {result.ExitCode}: " +
            (result.Error.Length > 0 ? result.Error : result.Output).Trim());

    public static async Task<ToolResult> TryAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new LabException($"{program} could not be started.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await FeedAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; its exit code and its own words tell why.
        }
    }
}
