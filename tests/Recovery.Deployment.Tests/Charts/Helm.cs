using System.Diagnostics;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>The real helm, as <c>./test</c> fetches it.</summary>
internal static class Helm
{
    private static string Program { get; } =
        Environment.GetEnvironmentVariable("RECOVERY_HELM") is { Length: > 0 } named ? named
        : File.Exists(Path.Combine(Repository.Root, "artifacts/helm/helm")) ? Path.Combine(Repository.Root, "artifacts/helm/helm")
        : throw new InvalidOperationException("There is no artifacts/helm/helm; ./test Deployment fetches it, or name one in RECOVERY_HELM.");

    /// <summary>What <c>helm template</c> renders; fails when helm refuses.</summary>
    public static async Task<string> TemplateAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(["template", "night", Repository.Chart, "--namespace", "cloud", .. arguments]);
        Assert.True(exitCode == 0, error);
        return output;
    }

    /// <summary>What helm says against these arguments; fails when it has nothing against them.</summary>
    public static async Task<string> RefusalAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(["template", "night", Repository.Chart, .. arguments]);
        Assert.True(exitCode != 0, $"Nothing was refused:\n{output}");
        return error;
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Neither a cluster nor a home is of any matter here.
        start.Environment["KUBECONFIG"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
