using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Recoveries.Forecasts;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Which failure could not be survived: node1 and node2 are up, node1's guest is larger than node2.</summary>
public sealed class ForecastTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Db1, "db1"), (Rows.Web1, "web1"));
        await plane.SeedHostAsync("node2", (Rows.Web2, "web2"));
        await plane.SeedAsync(database =>
        {
            database.Domains.Single(domain => domain.Name == "db1").MemoryMib = 16_000;
            database.Hosts.Single(host => host.Name == "node1").FailureDomain = "rack-a";
            database.Hosts.Single(host => host.Name == "node1").MemoryMib = 32_768;
        });
        plane.Hear("node1");
        plane.Hear("node2");
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Before_the_first_is_computed_it_says_when_to_ask_again()
    {
        var answer = await plane.GetAsync("/v1/forecast");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "forecast-not-ready -"), (answer.Status, Assert.Single(answer.Faults)));
        using var response = await plane.Client.GetAsync("/v1/forecast", TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task The_worst_comes_first_with_who_stays_down_and_why()
    {
        await RefreshAsync();

        var forecast = (await plane.GetAsync("/v1/forecast")).Json;

        Assert.Equal((1, 2, "host", false), (
            forecast.GetProperty("survivable").GetInt32(), forecast.GetProperty("total").GetInt32(),
            forecast.GetProperty("level").GetString(), forecast.GetProperty("stale").GetBoolean()));
        Assert.True(forecast.GetProperty("computedInMs").GetDouble() >= 0);
        var losses = forecast.GetProperty("losses");
        Assert.Equal(["node1 False", "node2 True"], losses.EnumerateArray().Select(loss => $"{loss.GetProperty("name").GetString()} {loss.GetProperty("survivable").GetBoolean()}"));
        var down = Assert.Single(losses[0].GetProperty("staysDown").EnumerateArray());
        Assert.Equal("db1", down.GetProperty("name").GetString());
        Assert.Equal("""[{"kind":"memoryShort","hosts":1}]""", down.GetProperty("reasons").GetRawText());
        Assert.Contains("MiB", down.GetProperty("nearest").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(down.GetProperty("wouldHelp").EnumerateArray());
        Assert.Equal("node2", losses[0].GetProperty("mostLoaded").GetProperty("host").GetString());
        Assert.Equal(2, forecast.GetProperty("headRoom").GetProperty("hosts").GetInt32());
    }

    [Fact]
    public async Task A_rack_is_lost_as_a_whole()
    {
        await RefreshAsync();

        var forecast = (await plane.GetAsync("/v1/forecast?level=domain")).Json;

        Assert.Equal("domain", forecast.GetProperty("level").GetString());
        Assert.Equal(["rack-a", "node2"], forecast.GetProperty("losses").EnumerateArray().Select(loss => loss.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task It_is_read_at_night_on_a_phone()
    {
        await RefreshAsync();

        var text = (await plane.GetAsync("/v1/forecast", accept: "text/plain")).Body;

        Assert.Equal(
            """
            At TIME the loss of 1 of 2 hosts could be survived.
            Free on 2 hosts: 30080 MiB of memory (at most 15232 on one), 253 processors.

            LOSS   GUESTS  DOWN  FULLEST THEN  MEMORY  CPU
            node1  2       1     node2         13 %    2 %
            node2  1       -     node1         56 %    2 %

            Without node1 these stay down:
              db1: needs 16000 MiB, node2 has 13824 MiB free (memoryShort on 1)
                would help: 2176 more MiB of memory on node2

            """,
            Regex.Replace(text, @"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"));
    }

    [Theory]
    [InlineData("?level=rack", "invalid-parameter level")]
    [InlineData("?level=Host", "invalid-parameter level")]
    [InlineData("?levle=host", "unknown-parameter levle")]
    public async Task What_is_asked_wrongly_is_named(string query, string fault)
    {
        Assert.Equal([fault], (await plane.GetAsync($"/v1/forecast{query}")).Faults);
    }

    [Fact]
    public async Task Whatever_changes_the_inventory_makes_it_stale()
    {
        await StaleAfterAsync(() => plane.PutAsync("/v1/hosts/node9", """{"executor":"http://node9:7071"}"""));
        await StaleAfterAsync(() => plane.PutAsync("/v1/hosts/node1/maintenance", """{"enabled":true,"reason":"disk"}"""));
        await StaleAfterAsync(() => plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node9", null));
        await StaleAfterAsync(() => plane.Services.GetRequiredService<ReportRecorder>().RecordAsync(
            Some.Domain("node1", Guid.NewGuid()), TestContext.Current.CancellationToken));
        await StaleAfterAsync(() => plane.Services.GetRequiredService<LibvirtInventory>().CommitAsync(
            Rows.Web1, "node1", "node2", Core.Inventory.PowerIntent.Run, TestContext.Current.CancellationToken));
    }

    private async Task StaleAfterAsync(Func<Task> change)
    {
        await RefreshAsync();
        Assert.False((await plane.GetAsync("/v1/forecast")).Json.GetProperty("stale").GetBoolean());
        await change();
        Assert.True((await plane.GetAsync("/v1/forecast")).Json.GetProperty("stale").GetBoolean());
    }

    private Task RefreshAsync()
    {
        plane.Hear("node1");
        plane.Hear("node2");
        return plane.Services.GetRequiredService<ForecastBoard>().RefreshAsync(TestContext.Current.CancellationToken);
    }
}
