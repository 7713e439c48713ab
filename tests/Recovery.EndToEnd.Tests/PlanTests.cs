using System.Net.Http.Json;
using System.Text.Json;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>What the plan shows is what happens, and what can't happen any more is mended in the open.</summary>
[Collection("lab")]
public class PlanTests
{
    [Fact]
    public async Task The_plan_that_was_shown_is_what_is_carried_out()
    {
        await using var cluster = await Cluster.UpAsync();
        var guests = new[]
        {
            await cluster.GuestAsync("web"),
            await cluster.GuestAsync("orders", volume: true),
            await cluster.GuestAsync("ledger", storage: "pair"),
        };
        await cluster.Node1DiesAsync();

        var plan = await PlanAsync(cluster);
        var recovery = await cluster.EvacuateAsync(new { plan = plan.GetProperty("id").GetGuid() });
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        var moves = plan.GetProperty("moves").EnumerateArray().ToList();
        Assert.Equal(guests.Length, moves.Count);
        foreach (var guest in guests)
        {
            var move = moves.Single(each => each.GetProperty("instance").GetGuid() == guest.Uuid);
            Assert.Equal(Target(move), Target(await cluster.InstanceAsync(recovery, guest)));
            await cluster.RunsOnceOnAsync(Target(move), guest, generation: 2);
        }

        Assert.Equal("node2", Target(moves.Single(each => each.GetProperty("name").GetString() == "ledger")));
        Assert.DoesNotContain(await cluster.EventsAsync(recovery), line => line.Contains("\"type\":\"replan\""));

        // What the target said that it would rewrite is what it did rewrite.
        var ledger = moves.Single(each => each.GetProperty("name").GetString() == "ledger");
        var rewritten = (await cluster.ControlPlane.GetAsync($"/v1/recoveries/{recovery}/report", Cancellation)).GetProperty("instances")
            .EnumerateArray().Single(each => each.GetProperty("name").GetString() == "ledger").GetProperty("steps")
            .EnumerateArray().Single(each => each.GetProperty("action").GetString() == "define").GetProperty("details");
        Assert.Contains(ledger.GetProperty("changes").EnumerateArray(), change => change.GetString()!.Contains("/mnt/pair"));
        Assert.Equal(Sentences(ledger.GetProperty("changes")), Sentences(rewritten));
    }

    [Fact]
    public async Task A_plan_whose_target_died_since_is_mended_where_it_no_longer_fits_and_says_so()
    {
        await using var cluster = await Cluster.UpAsync();
        var guests = new[]
        {
            await cluster.GuestAsync("web1"),
            await cluster.GuestAsync("web2", volume: true),
            await cluster.GuestAsync("web3"),
        };
        await cluster.Node1DiesAsync();
        var plan = await PlanAsync(cluster);
        var moves = plan.GetProperty("moves").EnumerateArray().ToList();
        var stale = moves.Where(move => Target(move) == "node3").Select(move => move.GetProperty("name").GetString()!).ToList();
        Assert.NotEmpty(stale);
        Assert.True(stale.Count < guests.Length, "some of the plan has to go on fitting");

        await cluster.Lab.Host("node3").PowerOffAsync(Cancellation);
        await cluster.SilentAsync("node3");
        var recovery = await cluster.EvacuateAsync(new { plan = plan.GetProperty("id").GetGuid() });
        var end = await cluster.EndAsync(recovery);

        Assert.Equal("completed", end.GetProperty("state").GetString());
        var replans = (await cluster.EventsAsync(recovery))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(happened => happened.GetProperty("type").GetString() == "replan")
            .Select(happened => happened.GetProperty("message").GetString()!)
            .ToList();
        Assert.Equal(
            stale.Select(name => $"{name} goes to node2 instead of node3: node3's executor is silent").Order(),
            replans.Order());
        foreach (var guest in guests)
        {
            await cluster.RunsOnceOnAsync("node2", guest, generation: 2);
        }
    }

    [Fact]
    public async Task The_forecast_knows_which_loss_could_not_be_survived_before_it_happens()
    {
        await using var cluster = await Cluster.UpAsync();
        await cluster.GuestAsync("web");
        await cluster.GuestAsync("ledger", storage: "pair");
        await LossOfNode1Async(cluster, survivable: true);

        await cluster.MaintenanceAsync("node2", true);
        var loss = await LossOfNode1Async(cluster, survivable: false);
        var ledger = loss.GetProperty("staysDown").EnumerateArray().Single();

        Assert.Equal("ledger", ledger.GetProperty("name").GetString());
        Assert.Contains(Sentences(ledger.GetProperty("wouldHelp")), way => way.Contains("end of the maintenance of node2"));
        Assert.Contains("ledger", await cluster.ControlPlane.TextAsync("/v1/forecast", Cancellation));
    }

    private static async Task<JsonElement> PlanAsync(Cluster cluster)
    {
        var response = await cluster.ControlPlane.Http.PostAsJsonAsync(
            "/v1/plans", new { kind = "evacuate", hosts = new[] { "node1" } }, Cancellation);
        await Labs.LabControlPlane.ExpectAsync(response, Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private static async Task<JsonElement> LossOfNode1Async(Cluster cluster, bool survivable) =>
        Node1(await cluster.ControlPlane.UntilAsync(
            "/v1/forecast",
            forecast => forecast.TryGetProperty("losses", out _) && Node1(forecast).GetProperty("survivable").GetBoolean() == survivable
                && Node1(forecast).GetProperty("instances").GetInt32() == 2,
            TimeSpan.FromSeconds(30), Cancellation));

    private static JsonElement Node1(JsonElement forecast) =>
        forecast.GetProperty("losses").EnumerateArray().Single(loss => loss.GetProperty("name").GetString() == "node1");

    private static string Target(JsonElement row) => row.GetProperty("target").GetString()!;

    private static List<string> Sentences(JsonElement sentences) => [.. sentences.EnumerateArray().Select(each => each.GetString()!)];
}
