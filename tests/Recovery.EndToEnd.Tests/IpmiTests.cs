using System.Net.Http.Json;
using System.Text.Json;
using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>
/// Hosts fenced by the real fence_ipmilan, over real IPMI, against OpenIPMI's simulator as their BMC: it pulls the host's
/// cord, or lies.
/// </summary>
[Collection("lab")]
public class IpmiTests
{
    private const string SecretFile = "bmc-node1";

    [Fact]
    public async Task A_host_that_nobody_hears_is_switched_off_by_its_BMC_before_anything_starts_elsewhere()
    {
        const string Variable = "RECOVERY_SECRET_BMC_NODE1";
        var password = PowerController.NewPassword();
        Environment.SetEnvironmentVariable(Variable, password);
        await using var cluster = await Cluster.UpAsync(fencing: false);
        await using var bmc = await PowerController.StartAsync(cluster.Lab, "node1", password, Cancellation);
        await FencedByAsync(cluster, bmc.FenceLevel($"env:{Variable}"));
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        var recovery = await cluster.EvacuateAsync();
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        Assert.False(cluster.Lab.Host("node1").IsOn);
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
        var proof = Assert.Single(await ProofsAsync(cluster));
        Assert.Contains("level 1, fence_ipmilan said that node1 was on, was told to switch it off, and said off", proof.GetProperty("evidence").GetString());
        await NobodySaidAsync(cluster, recovery, password);
    }

    [Fact]
    public async Task A_host_that_is_off_already_counts_as_fenced()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        await using var bmc = await StartAsync(cluster);
        var guest = await cluster.GuestAsync("orders", volume: true);
        await cluster.Node1DiesAsync();

        var recovery = await cluster.EvacuateAsync();

        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
        Assert.Contains("already off", Assert.Single(await ProofsAsync(cluster)).GetProperty("evidence").GetString());
    }

    [Fact]
    public async Task A_wrong_password_proves_nothing_and_once_it_is_corrected_the_recovery_goes_on()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        await using var bmc = await StartAsync(cluster);
        var secret = Path.Combine(cluster.ControlPlane.Directory, SecretFile);
        var wrong = PowerController.NewPassword();
        await File.WriteAllTextAsync(secret, wrong, Cancellation);
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        var recovery = await cluster.EvacuateAsync();
        var waiting = await UntilReasonAsync(cluster, recovery, "level 1, fence_ipmilan: it could not tell the power state");

        Assert.Equal("awaitingProof", waiting.GetProperty("state").GetString());
        Assert.Contains("attestations", waiting.GetProperty("reason").GetString());
        Assert.True(cluster.Lab.Host("node1").IsOn);
        Assert.Empty(await ProofsAsync(cluster));
        await cluster.RunsOnceOnAsync("node1", guest, generation: 1);

        await File.WriteAllTextAsync(secret, bmc.Password, Cancellation);
        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
        await NobodySaidAsync(cluster, recovery, wrong, bmc.Password);
    }

    [Fact]
    public async Task A_BMC_that_does_not_answer_is_a_failure_of_its_level_and_the_next_one_is_tried()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        var bmc = await StartAsync(cluster);
        await FencedByAsync(
            cluster,
            bmc.FenceLevel(SecretFile, timeoutSeconds: 5),
            new { agent = "fence_lab", options = new { plug = "node1", lab = LabName } });
        await bmc.DisposeAsync();
        var guest = await cluster.GuestAsync("alive", volume: true);
        await cluster.Lab.Host("node1").CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        var recovery = await cluster.EvacuateAsync();

        Assert.Equal("completed", (await cluster.EndAsync(recovery)).GetProperty("state").GetString());
        Assert.StartsWith("level 2, fence_lab", Assert.Single(await ProofsAsync(cluster)).GetProperty("evidence").GetString());
        Assert.Contains(await cluster.EventsAsync(recovery), line => line.Contains("level 1, fence_ipmilan: status → failed", StringComparison.Ordinal));
        var row = await cluster.InstanceAsync(recovery, guest);
        await cluster.RunsOnceOnAsync(row.GetProperty("target").GetString()!, guest, generation: 2);
    }

    [Fact]
    public async Task A_BMC_that_says_off_while_its_host_beats_is_not_believed_and_nothing_starts()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        await using var bmc = await StartAsync(cluster);
        var guest = await cluster.GuestAsync("alive", volume: true);
        var node1 = cluster.Lab.Host("node1");
        await node1.CutAsync(Cut.ButStorage, Cancellation);
        await cluster.SilentAsync("node1");

        // It takes the order, and does nothing. While it is looked at again and again, the host's network comes back;
        // only then does it say "off". Not before it was told: the host's own executor, which is asked first, would obey.
        await bmc.ClaimAsync("on", Cancellation);
        var recovery = await cluster.EvacuateAsync();
        await ToldOffAsync(bmc);
        await node1.JoinAsync(Cancellation);
        await cluster.LivenessAsync("node1", "up");
        await bmc.ClaimAsync("off", Cancellation);
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("failed", end.GetProperty("state").GetString());
        Assert.Contains("alive again", end.GetProperty("reason").GetString());
        Assert.True(node1.IsOn);
        await cluster.RunsOnceOnAsync("node1", guest, generation: 1);
        Assert.Equal(["node1"], (await cluster.Lab.WhereIsAsync(guest.Name, Cancellation)).Keys);
        await UntilAlarmAsync(cluster, recovery, "is alive, so the fence proof of");
        var proof = Assert.Single(await ProofsAsync(cluster));
        Assert.Equal(("powerOff", false), (proof.GetProperty("kind").GetString(), proof.GetProperty("valid").GetBoolean()));
        Assert.NotEqual(JsonValueKind.Null, proof.GetProperty("voidedAt").ValueKind);
    }

    private static async Task ToldOffAsync(PowerController bmc)
    {
        for (var look = 0; look < 600 && !bmc.WasToldOff; look++)
        {
            await Task.Delay(100, Cancellation);
        }

        Assert.True(bmc.WasToldOff);
    }

    /// <summary>node1 has a BMC, and the control plane knows how to ask it.</summary>
    private static async Task<PowerController> StartAsync(Cluster cluster)
    {
        var bmc = await PowerController.StartAsync(cluster.Lab, "node1", cancellationToken: Cancellation);
        await File.WriteAllTextAsync(Path.Combine(cluster.ControlPlane.Directory, SecretFile), bmc.Password, Cancellation);
        await FencedByAsync(cluster, bmc.FenceLevel(SecretFile));
        return bmc;
    }

    private static async Task FencedByAsync(Cluster cluster, params object[] fencing)
    {
        var executor = cluster.Lab.Host("node1").Executor.Endpoint.GetLeftPart(UriPartial.Authority);
        await LabControlPlane.ExpectAsync(
            await cluster.ControlPlane.Http.PutAsJsonAsync("/v1/hosts/node1", new { executor, fencing }, Cancellation), Cancellation);
    }

    private static async Task<IReadOnlyList<JsonElement>> ProofsAsync(Cluster cluster) =>
        [.. (await cluster.ControlPlane.GetAsync("/v1/hosts/node1/proofs", Cancellation)).GetProperty("items").EnumerateArray()];

    private static Task<JsonElement> UntilReasonAsync(Cluster cluster, string recovery, string reason) => cluster.ControlPlane.UntilAsync(
        $"/v1/recoveries/{recovery}",
        row => row.TryGetProperty("reason", out var why) && why.GetString()!.Contains(reason, StringComparison.Ordinal),
        TimeSpan.FromSeconds(60), Cancellation);

    private static async Task UntilAlarmAsync(Cluster cluster, string recovery, string words)
    {
        for (var look = 0; look < 100; look++)
        {
            if ((await cluster.EventsAsync(recovery)).Any(line => line.Contains("alarm", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(100, Cancellation);
        }

        Assert.Fail($"No alarm says \"{words}\": {string.Join('\n', await cluster.EventsAsync(recovery))}");
    }

    private static async Task NobodySaidAsync(Cluster cluster, string recovery, params string[] secrets)
    {
        var said = string.Join('\n', await cluster.EventsAsync(recovery))
            + await File.ReadAllTextAsync(cluster.ControlPlane.Log, Cancellation)
            + await cluster.ControlPlane.Http.GetStringAsync("/v1/hosts/node1", Cancellation)
            + string.Join('\n', await ProofsAsync(cluster));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
    }
}
