using System.Text.Json;
using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>What a plan goes by is what libvirt, the network and the guests' owners really say.</summary>
[Collection("lab")]
public class FactsTests
{
    // Without libvirt's event it would take the executor's full refresh, up to 30 s.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_owners_word_arrives_within_seconds_and_every_host_says_what_it_would_be_to_the_guest()
    {
        await using var cluster = await Cluster.UpAsync(fencing: false);
        var guest = await cluster.GuestAsync("web1", volume: true);
        var node1 = cluster.Lab.Host("node1");

        await SayAsync(node1, """<policy priority="90" zone="north" colour="red"><group name="web" rule="anti-affinity"/></policy>""");

        var instance = await cluster.ControlPlane.UntilAsync(
            $"/v1/instances/{guest.Uuid}", row => row.GetProperty("policy").GetProperty("priority").GetInt32() == 90, Soon, Cancellation);
        Assert.Equal("web", instance.GetProperty("policy").GetProperty("groups")[0].GetProperty("name").GetString());
        Assert.Contains("'colour'", Assert.Single(instance.GetProperty("policy").GetProperty("faults").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal("qemu", instance.GetProperty("requirements").GetProperty("domainType").GetString());

        // Another guest of node1 has its volume where nobody listens.
        var definition = await node1.VirshAsync(["dumpxml", "--inactive", "web1"], null, Cancellation);
        await node1.VirshAsync(
            ["define", "/dev/stdin"],
            definition.Replace(guest.Uuid.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal)
                .Replace("<name>web1<", "<name>lost1<", StringComparison.Ordinal)
                .Replace("port='3260'", "port='3261'", StringComparison.Ordinal),
            Cancellation);

        var portal = cluster.Lab.StoragePortal.Split(':')[0];
        var host = await cluster.ControlPlane.UntilAsync(
            "/v1/hosts/node2", row => Survey(row) is { } survey && survey.GetProperty("backends").TryGetProperty($"iscsi {portal}:3261", out _), Soon, Cancellation);
        var answers = Survey(host)!.Value;
        Assert.True(answers.GetProperty("backends").GetProperty($"iscsi {portal}:3260").GetProperty("reachable").GetBoolean());
        Assert.False(answers.GetProperty("backends").GetProperty($"iscsi {portal}:3261").GetProperty("reachable").GetBoolean());
        var cpu = instance.GetProperty("requirements").GetProperty("cpu").GetString()!;
        Assert.True(answers.GetProperty("cpus").GetProperty(cpu).GetProperty("fits").GetBoolean());
        Assert.Contains("qemu", host.GetProperty("abilities").GetProperty("domainTypes").EnumerateArray().Select(type => type.GetString()));
        Assert.NotEmpty(host.GetProperty("abilities").GetProperty("numaCells").EnumerateArray());
    }

    [Fact]
    public async Task An_owners_word_goes_with_the_guest_to_its_next_host()
    {
        await using var cluster = await Cluster.UpAsync();
        var guest = await cluster.GuestAsync("web1");
        await SayAsync(cluster.Lab.Host("node1"), """<policy priority="90"/>""");
        await cluster.ControlPlane.UntilAsync(
            $"/v1/instances/{guest.Uuid}", row => row.GetProperty("policy").GetProperty("priority").GetInt32() == 90, Soon, Cancellation);

        await cluster.Node1DiesAsync();
        var recovery = await cluster.EvacuateAsync();
        await cluster.EndAsync(recovery);

        var target = (await cluster.InstanceAsync(recovery, guest)).GetProperty("target").GetString()!;
        await cluster.RunsOnceOnAsync(target, guest, generation: 2);
        Assert.Contains("priority", await cluster.Lab.Host(target).VirshAsync(
            ["metadata", "web1", "--uri", "urn:recovery:policy:1", "--config"], null, Cancellation), StringComparison.Ordinal);
        await cluster.ControlPlane.UntilAsync(
            $"/v1/instances/{guest.Uuid}",
            row => row.GetProperty("host").GetString() == target && row.GetProperty("policy").GetProperty("priority").GetInt32() == 90, Soon, Cancellation);
    }

    private static Task<string> SayAsync(LabHost host, string policy) => host.VirshAsync(
        ["metadata", "web1", "--uri", "urn:recovery:policy:1", "--key", "recovery", "--set", policy, "--config", "--live"], null, Cancellation);

    private static JsonElement? Survey(JsonElement host) =>
        host.GetProperty("abilities").TryGetProperty("survey", out var survey) ? survey : null;
}
