using System.Net;
using System.Text.Json;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>A host that is alive but beyond use is taken from only when somebody says so.</summary>
public sealed class EvenIfAliveTests : IAsyncLifetime
{
    private const string Alive = """{"kind":"evacuate","hosts":["node1"],"options":{"evenIfAlive":true}}""";
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
        await plane.SeedHostAsync("node2");
        plane.Hear("node2");
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("libvirtd does not answer")]
    public async Task A_host_that_is_heard_is_taken_from_when_it_is_asked_for_even_so(string libvirtError)
    {
        plane.Hear("node1", libvirtError);

        var unsaid = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");
        var said = await plane.PostAsync("/v1/recoveries", Alive);

        Assert.Equal((HttpStatusCode.Conflict, "host-alive /hosts/0"), (unsaid.Status, unsaid.Faults.Single()));
        Assert.Contains("evenIfAlive", unsaid.Messages.Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, said.Status);
        Assert.True(said.Json.GetProperty("evenIfAlive").GetBoolean());
        await using var database = await plane.OpenAsync();
        Assert.True(Assert.Single(database.Recoveries).Request.EvenIfAlive);
        Assert.EndsWith(", even if alive", Assert.Single(database.Audit).Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_warns_that_guests_will_be_ended_and_is_carried_out_so()
    {
        plane.Hear("node1");

        var plan = (await plane.PostAsync("/v1/plans", Alive)).Json;
        plane.Hear("node1");
        var recovery = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan.GetProperty("id").GetString()}}"}""");

        Assert.Equal(["source-alive"], Warnings(plan).Where(code => code is "source-alive" or "host-alive"));
        Assert.Equal(HttpStatusCode.Accepted, recovery.Status);
        Assert.True(recovery.Json.GetProperty("evenIfAlive").GetBoolean());
    }

    [Fact]
    public async Task Of_a_host_that_is_silent_there_is_nothing_to_warn()
    {
        var plan = (await plane.PostAsync("/v1/plans", Alive)).Json;

        Assert.DoesNotContain("source-alive", Warnings(plan));
    }

    [Fact]
    public async Task Under_one_key_it_is_another_request()
    {
        var first = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""", key: "one");
        var other = await plane.PostAsync("/v1/recoveries", Alive, key: "one");

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal(["idempotency-key-reused Idempotency-Key"], other.Faults);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.Conflict)]
    [InlineData(true, HttpStatusCode.Accepted)]
    public async Task A_retry_takes_from_a_living_host_what_its_recovery_did(bool evenIfAlive, HttpStatusCode expected)
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));
        await plane.SeedAsync(database => database.Recoveries.Single().Request =
            new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8) { EvenIfAlive = evenIfAlive });
        plane.Hear("node1");

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", """{"who":"Ada","why":"again"}""");

        Assert.Equal(expected, answer.Status);
    }

    private static IEnumerable<string?> Warnings(JsonElement plan) =>
        plan.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString());
}
