using System.Text.Json;

namespace Recovery.OpenStack.Tests;

/// <summary>A recovery of node1, from its plan to what OpenStack makes of it, and what has to be true at each stage.</summary>
internal sealed class Evacuation(Cloud cloud, IReadOnlyDictionary<string, Guid> servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The servers that node1 had, by name.</summary>
    public IReadOnlyDictionary<string, Guid> Moved { get; } = servers.Where(each => each.Key != "apart-2").ToDictionary();

    /// <summary>Those of them that ran.</summary>
    public IEnumerable<KeyValuePair<string, Guid>> Running => Moved.Where(each => each.Key != "archive");

    /// <summary>Where each went.</summary>
    public IReadOnlyDictionary<string, string> Targets { get; private set; } = new Dictionary<string, string>();

    /// <summary>The plan, as it was asked for; it has a place for every server, and shows how.</summary>
    public async Task<JsonElement> PlanAsync(string route, object? options = null)
    {
        var plan = await cloud.PostAsync("/v1/plans", new { kind = "evacuate", hosts = new[] { "node1" }, options = options ?? new { } });
        await NoteAsync($"/v1/plans/{plan.GetProperty("id").GetGuid()}", upTo: "It would write for");
        Assert.Empty(plan.GetProperty("unplaced").EnumerateArray());
        var moves = plan.GetProperty("moves").EnumerateArray().ToList();
        Assert.Equal(Moved.Values.Order(), moves.Select(move => move.GetProperty("instance").GetGuid()).Order());
        foreach (var move in moves)
        {
            // Nobody starts what stays off.
            var expected = move.GetProperty("intent").GetString() == "stayOff" ? "direct" : route;
            Assert.Equal((expected, move.GetProperty("name").GetString()), (move.GetProperty("route").GetString(), move.GetProperty("name").GetString()));
            Assert.NotEmpty(move.GetProperty("writes").EnumerateArray());
        }

        return plan;
    }

    /// <summary>Carries the plan out. Every server ends where it was planned, or says why not.</summary>
    public async Task CarryOutAsync(JsonElement plan)
    {
        var recovery = (await cloud.PostAsync("/v1/recoveries", new { plan = plan.GetProperty("id").GetGuid() })).GetProperty("id").GetString();
        var end = await EndAsync(cloud, recovery!);
        await NoteAsync($"/v1/recoveries/{recovery}/report", upTo: "Written for");
        Assert.Equal("completed", end.GetProperty("state").GetString());
        Targets = plan.GetProperty("moves").EnumerateArray().ToDictionary(
            move => Moved.Single(each => each.Value == move.GetProperty("instance").GetGuid()).Key,
            move => move.GetProperty("target").GetString()!);

        // apart-2 was on node2 before.
        Assert.Equal("node3", Targets["apart-1"]);
    }

    // For whoever reads what failed: what an operator was shown, without every row that was written.
    private async Task NoteAsync(string path, string upTo) =>
        TestContext.Current.TestOutputHelper?.WriteLine((await cloud.ControlPlane.TextAsync(path, Cancellation)).Split(upTo)[0]);

    private static Task<JsonElement> EndAsync(Cloud cloud, string recovery) => cloud.ControlPlane.UntilAsync(
        $"/v1/recoveries/{recovery}",
        row => row.GetProperty("state").GetString() is "completed" or "completedWithFailures" or "failed" or "cancelled",
        TimeSpan.FromSeconds(300), Cancellation);

    /// <summary>By the guests' own word: each was started once more, beats, sees its volume, and is nowhere else; archive stays off.</summary>
    public async Task EachRunsOnceAsync()
    {
        foreach (var (name, id) in Running)
        {
            await Cloud.UntilAsync($"{name} beats again", () => Task.FromResult(Cloud.Log(id) is { Starts: 2, Beats: >= 2 }));
            Assert.Equal([Targets[name]], cloud.RunsOn(id));
        }

        Assert.Equal("/dev/vda /dev/vdb", Cloud.Log(Moved["orders"]).Disks);
        Assert.Empty(cloud.RunsOn(Moved["archive"]));
    }

    /// <summary>Nova has them where they are, in the state that they had, and is done with them.</summary>
    public async Task NovaAgreesAsync()
    {
        foreach (var (name, id) in Moved)
        {
            var expected = new Server(id, name, name == "archive" ? "SHUTOFF" : "ACTIVE", Targets[name], null);
            Assert.Equal(expected, await cloud.Api.ServerAsync(id, Cancellation));
        }
    }

    /// <summary>node1 is back: Nova's own clean-up has ended what is stale there, and it may be used again.</summary>
    public async Task Node1IsCleanAndUsableAsync()
    {
        await Cloud.UntilAsync("Nova's rows of the evacuation are completed", async () =>
            (await cloud.Api.GetAsync($"{cloud.Api.Nova}/os-migrations?migration_type=evacuation&source_compute=node1", Cancellation))
                .GetProperty("migrations").EnumerateArray()
                .Where(row => Moved.Values.Contains(row.GetProperty("instance_uuid").GetGuid()))
                .All(row => row.GetProperty("status").GetString() == "completed"));
        foreach (var (name, id) in Moved)
        {
            Assert.False(await Cloud.DefinesAsync(cloud.Lab.Host("node1"), id), $"node1 still has a domain of {name}");
        }

        await cloud.ControlPlane.UntilAsync(
            "/v1/hosts/node1", row => !row.GetProperty("quarantined").GetBoolean(), TimeSpan.FromSeconds(120), Cancellation);
        await Cloud.UntilAsync("Nova uses node1 again", async () =>
        {
            var service = await cloud.Api.ComputeServiceAsync("node1", Cancellation);
            return service.GetProperty("state").GetString() == "up" && service.GetProperty("status").GetString() == "enabled"
                && !service.GetProperty("forced_down").GetBoolean();
        });
    }
}
