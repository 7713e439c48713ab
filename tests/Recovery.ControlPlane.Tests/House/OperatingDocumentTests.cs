using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.House;

/// <summary>docs/operating.md is pasted at night: its examples are accepted as they are written.</summary>
public sealed partial class OperatingDocumentTests : IAsyncLifetime
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "operating.md"));
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Its_examples_are_accepted_in_their_order()
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.Recovering, (Rows.Web1, InstanceState.Waiting));
        var blocks = Block().Matches(Document).Select(match => match.Groups[1].Value).ToList();
        var variables = $"api={plane.Client.BaseAddress!.AbsoluteUri.TrimEnd('/')} recovery={id} instance={Rows.Web1}\njson='Content-Type: application/json'\n";
        Assert.Equal(4, blocks.Count);

        var running = await PasteAsync(variables + blocks[0]);
        await plane.SeedAsync(database =>
        {
            database.Recoveries.Single().State = RecoveryState.Cancelled;
            database.RecoveryInstances.Single().State = InstanceState.Skipped;
        });
        var others = await PasteAsync(variables + string.Concat(blocks.Skip(1)));

        Assert.Equal(6, Regex.Count(running, $"\"id\":\"{id}\""));
        Assert.DoesNotContain("/problems/", running, StringComparison.Ordinal);
        Assert.DoesNotContain("/problems/", others, StringComparison.Ordinal);
        Assert.Contains("inAll 8 → 2, perBackend 8 → 1", others, StringComparison.Ordinal);
        Assert.Contains("cancel finish → putBack", others, StringComparison.Ordinal);
        Assert.Contains("Plan for node1", others, StringComparison.Ordinal);
        Assert.Equal(
            ["limits", "pause", "continue", "skip", "cancel", "cancel", "retry"],
            plane.Read(database => database.Audit.OrderBy(row => row.Id).Select(row => row.Action).ToList()));
    }

    [Fact]
    public void Every_action_that_is_audited_is_named()
    {
        var actions = typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);

        Assert.All(actions, action => Assert.Contains($"`{action}`", Document, StringComparison.Ordinal));
    }

    private static async Task<string> PasteAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash") { ArgumentList = { "-eu" }, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(bash.ExitCode == 0, said);
        return said;
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
