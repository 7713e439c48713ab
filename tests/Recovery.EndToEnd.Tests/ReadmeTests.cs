using System.Diagnostics;
using System.Text.RegularExpressions;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>What the README says must be true when it is pasted.</summary>
[Collection("lab")]
public class ReadmeTests
{
    [Fact]
    public async Task The_tour_with_curl_works_when_pasted()
    {
        await using var cluster = await Cluster.UpAsync();
        await cluster.GuestAsync("web1");
        await cluster.GuestAsync("shop", volume: true);
        await cluster.GuestAsync("ledger", volume: true, storage: "pair");
        await cluster.Node1DiesAsync();
        await cluster.EndAsync(await cluster.EvacuateAsync());

        var said = await PasteAsync(Tour().Replace("127.0.0.1:7070", cluster.ControlPlane.Address.Authority, StringComparison.Ordinal)
            .Replace("--lab demo", $"--lab {LabName}", StringComparison.Ordinal));

        Assert.Contains("completed  node1  3/3", said);
        Assert.Contains("ledger on node2 can't be placed:", said);
        Assert.Contains($"node3 does not see storage lab-{Cluster.LabName}-pair", said);
        Assert.Contains("\"code\":\"host-alive\"", said);
        Assert.Contains("\"type\":\"end\"", said);
        Assert.Contains("1 unplaced", said);
        Assert.Contains("hosts could be survived.", said);
        Assert.Contains($", by plan {PlanShown(said)}", said);
    }

    // Of the plans in the tour the last is carried out.
    private static string PlanShown(string said) => Regex.Matches(said, @"\{""plan"":""([0-9a-f-]{36})""\}").Last().Groups[1].Value;

    private static string Tour()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var begin = readme.IndexOf("```bash\n", readme.IndexOf("## A tour with curl", StringComparison.Ordinal), StringComparison.Ordinal);
        return readme[(begin + "```bash\n".Length)..readme.IndexOf("```", begin + 3, StringComparison.Ordinal)];
    }

    private static async Task<string> PasteAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash")
        {
            ArgumentList = { "-eu" },
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var said = await bash.StandardOutput.ReadToEndAsync(Cancellation);
        await bash.WaitForExitAsync(Cancellation);
        Assert.True(bash.ExitCode == 0, said);
        return said;
    }
}
