using System.Diagnostics;

namespace Recovery.Executor.Tests;

/// <summary>Real tools of the trade, run for real.</summary>
internal static class Tool
{
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.GetAwaiter().GetResult()}");
    }

    public static Process Begin(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true })!;

    /// <summary>Ends what this test began, by its own process.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    public static async Task Until(Func<bool> holds, string what)
    {
        for (var i = 0; i < 100; i++)
        {
            if (holds()) return;
            await Task.Delay(50);
        }
        Assert.Fail($"waited 5 s in vain: {what}");
    }
}
