using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Stories of accepting and racing.</summary>
public class AcceptanceTests : IAsyncLifetime
{
    private const string Node1 = """{"kind":"evacuate","hosts":["node1"]}""";
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2", (Rows.Db1, "db1"));
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task An_accepted_recovery_is_there_with_its_locks_and_its_first_event_and_the_runner_is_told()
    {
        var told = plane.Services.GetRequiredService<RunnerSignal>().Next;
        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"],"targets":["node2"],"options":{"fencing":"required","maxParallel":3}}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        await using var database = await plane.OpenAsync();
        var row = Assert.Single(database.Recoveries);
        Assert.Equal($"/v1/recoveries/{row.Id}", answer.Location);
        Assert.Equal(7, row.Id.Version);
        Assert.Equal(RecoveryState.Accepted, row.State);
        Assert.Equal((RecoveryKind.Evacuate, 3), (row.Request.Kind, row.Request.MaxParallel));
        Assert.Equal(["node1"], row.Request.Hosts);
        Assert.Equal(["node2"], row.Request.Targets);
        Assert.Empty(row.Request.Instances);
        Assert.Equal(
            ["host/node1", $"instance/{Rows.Web1}", $"instance/{Rows.Web2}"],
            database.Locks.Where(held => held.RecoveryId == row.Id).Select(held => held.Subject).Order());
        var first = Assert.Single(database.Events);
        Assert.Equal((row.Id, EventTypes.RecoveryState, "accepted"), (first.RecoveryId, first.Type, first.State));
        Assert.True(told.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync(answer.Location!)).Status);
    }

    [Fact]
    public async Task Without_a_wish_it_is_as_parallel_as_configured()
    {
        await plane.PostAsync("/v1/recoveries", Node1);

        await using var database = await plane.OpenAsync();
        Assert.Equal(8, database.Recoveries.Single().Request.MaxParallel);
    }

    [Fact]
    public async Task When_only_instances_are_named_they_are_locked_and_not_their_host()
    {
        var first = await plane.PostAsync("/v1/recoveries", $$"""{"kind":"evacuate","instances":["{{Rows.Web1}}"]}""");
        var second = await plane.PostAsync("/v1/recoveries", $$"""{"kind":"evacuate","instances":["{{Rows.Web2}}"]}""");
        var again = await plane.PostAsync("/v1/recoveries", $$"""{"kind":"evacuate","instances":["{{Rows.Web2}}"]}""");
        var whole = await plane.PostAsync("/v1/recoveries", Node1);

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal(HttpStatusCode.Accepted, second.Status);
        Assert.Equal(["in-live-recovery /instances/0"], again.Faults);
        Assert.Equal(["in-live-recovery /hosts/0", "in-live-recovery /hosts/0"], whole.Faults);
        Assert.Equal(
            new[] { first.Location, second.Location }.Order(),
            whole.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("href").GetString()).Order());
        await using var database = await plane.OpenAsync();
        Assert.All(database.Recoveries.ToList(), row => Assert.Equal(["node1"], row.Request.Hosts));
        Assert.DoesNotContain(database.Locks.ToList(), held => held.Subject.StartsWith("host/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_of_a_host_that_is_being_recovered_is_not_free()
    {
        var whole = await plane.PostAsync("/v1/recoveries", Node1);
        var one = await plane.PostAsync("/v1/recoveries", $$"""{"kind":"evacuate","instances":["{{Rows.Web1}}"]}""");

        Assert.Equal(HttpStatusCode.Conflict, one.Status);
        Assert.All(one.Json.GetProperty("errors").EnumerateArray().ToList(), error => Assert.Equal(whole.Location, error.GetProperty("href").GetString()));
    }

    [Fact]
    public async Task Of_many_that_ask_for_one_host_at_once_exactly_one_is_accepted()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => plane.PostAsync("/v1/recoveries", Node1)));

        var accepted = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        var refused = answers.Where(answer => answer.Status == HttpStatusCode.Conflict).ToList();
        Assert.Equal(11, refused.Count);
        Assert.All(refused, answer => Assert.Contains(accepted.Location!, answer.Body, StringComparison.Ordinal));
        await using var database = await plane.OpenAsync();
        Assert.Single(database.Recoveries);
    }

    [Fact]
    public async Task A_dry_run_checks_everything_and_changes_nothing()
    {
        const string DryRun = """{"kind":"evacuate","hosts":["node1"],"options":{"dryRun":true}}""";
        plane.Hear("node2");
        var plan = await plane.PostAsync("/v1/recoveries", DryRun, key: "night-5");
        plane.Hear("node1");
        var refused = await plane.PostAsync("/v1/recoveries", DryRun);

        Assert.Equal(HttpStatusCode.OK, plan.Status);
        Assert.Equal(2, plan.Json.GetProperty("moves").GetArrayLength());
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.Recoveries);
        Assert.Empty(database.Locks);
        Assert.Empty(database.IdempotencyKeys);
    }
}
