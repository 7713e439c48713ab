using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries.Forecasts;
using Recovery.ControlPlane.Tests.Recoveries.Plans;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>What is answered while a cloud's databases can't be read.</summary>
public sealed class UnreachableInventoryTests : IAsyncLifetime
{
    private const string Why = "The database nova on db:3306 does not answer. It has to run and be reachable from here.";
    private const string Body = """{"kind":"evacuate","hosts":["node1"]}""";

    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await RunningControlPlane.StartAsync(replace: services =>
        services.AddSingleton<IInventory>(new Definitions { Cluster = () => throw new InventoryUnreachableException(Why) }));

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Theory]
    [InlineData("/v1/plans")]
    [InlineData("/v1/recoveries")]
    public async Task A_request_that_has_to_look_at_the_cluster_is_told_which_database_and_may_ask_again(string url)
    {
        var answer = await plane.PostAsync(url, Body);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal("inventory-unreachable -", Assert.Single(answer.Faults));
        Assert.Equal(Why, Assert.Single(answer.Messages));
        Assert.Equal("/problems/inventory-unreachable", answer.Json.GetProperty("type").GetString());
        Assert.Empty(plane.Read(database => database.Recoveries.ToList()));
    }

    [Fact]
    public async Task The_forecast_that_could_not_be_computed_says_why()
    {
        await Assert.ThrowsAsync<InventoryUnreachableException>(
            () => plane.Services.GetRequiredService<ForecastBoard>().RefreshAsync(TestContext.Current.CancellationToken));

        var answer = await plane.GetAsync("/v1/forecast");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, Why), (answer.Status, Assert.Single(answer.Messages)));
    }

    [Fact]
    public async Task It_is_ready_all_the_same_and_names_what_can_not_be_read()
    {
        plane.Services.GetRequiredService<InventoryHealth>().Was(Why);

        var answer = await plane.GetAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            ["database True ", $"inventory False {Why}"],
            answer.Json.GetProperty("checks").EnumerateArray().Select(check =>
                $"{check.GetProperty("name").GetString()} {check.GetProperty("healthy").GetBoolean()} {(check.TryGetProperty("reason", out var reason) ? reason.GetString() : "")}"));
    }
}
