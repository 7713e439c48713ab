using System.ComponentModel;
using System.Diagnostics;

namespace Recovery.Executor.Operations;

/// <summary>A program of this host, run to its end without a shell.</summary>
internal static class HostProgram
{
    /// <returns>What it printed; with another exit code than 0 also why.</returns>
    public static async Task<(bool Succeeded, string Output)> Run(string program, IReadOnlyList<string> arguments, CancellationToken deadline)
    {
        Process? started;
        try
        {
            started = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception missing)
        {
            return (false, $"{program} can't be run: {missing.Message}");
        }
        using var process = started!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline);
            var error = process.StandardError.ReadToEndAsync(deadline);
            await process.WaitForExitAsync(deadline);
            var (printed, complaint) = ((await output).Trim(), (await error).Trim());
            return process.ExitCode == 0 ? (true, printed) : (false, complaint.Length > 0 ? complaint : $"exit code {process.ExitCode}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
