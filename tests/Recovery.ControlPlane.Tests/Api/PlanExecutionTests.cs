using System.Net;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>A plan that was shown is carried out by its id; the ordinary checks stand as always.</summary>
public class PlanExecutionTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await RefusalFixture.SeedAsync(plane);
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task The_recovery_asks_for_what_the_plan_was_asked_for_and_names_it()
    {
        var plan = await PlanAsync($$"""{"kind":"evacuate","hosts":["node1"],"targets":["node2"],"excludedInstances":["{{Rows.Web2}}"],"options":{"maxParallel":3,"ignoreDependencies":true} }""");

        var answer = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(plan, answer.Json.GetProperty("planId").GetGuid());
        await using var database = await plane.OpenAsync();
        var row = Assert.Single(database.Recoveries);
        Assert.Equal((RecoveryKind.Evacuate, 3, true), (row.Request.Kind, row.Request.MaxParallel, row.Request.IgnoreDependencies));
        Assert.Equal(["node1"], row.Request.Hosts);
        Assert.Equal(["node2"], row.Request.Targets);
        Assert.Equal([Rows.Web2], row.Request.ExcludedInstances);
        Assert.Equal(["host/node1", $"instance/{Rows.Web1}"], database.Locks.Select(held => held.Subject).Order());
    }

    [Fact]
    public async Task How_many_at_a_time_may_be_said_anew()
    {
        var plan = await PlanAsync("""{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":3}}""");

        var answer = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}","options":{"maxParallel":5} }""");

        Assert.Equal(5, answer.Json.GetProperty("limits").GetProperty("inAll").GetInt32());
    }

    [Fact]
    public async Task A_plan_for_instances_holds_them_and_not_their_host()
    {
        var plan = await PlanAsync($$"""{"kind":"evacuate","instances":["{{Rows.Web1}}"]}""");

        await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""");

        await using var database = await plane.OpenAsync();
        Assert.Equal([$"instance/{Rows.Web1}"], database.Locks.Select(held => held.Subject));
    }

    [Fact]
    public async Task What_stands_against_it_now_is_named_at_the_plan()
    {
        var plan = await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");
        plane.Hear("node1");

        var answer = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""");

        Assert.Equal((HttpStatusCode.Conflict, "host-alive /plan"), (answer.Status, Assert.Single(answer.Faults)));
    }

    [Fact]
    public async Task It_is_carried_out_once_at_a_time_and_again_when_the_first_has_ended()
    {
        var plan = await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");
        var body = $$"""{"plan":"{{plan}}"}""";

        var first = await plane.PostAsync("/v1/recoveries", body);
        var meanwhile = await plane.PostAsync("/v1/recoveries", body);
        await plane.SeedAsync(database =>
        {
            database.Recoveries.Single().State = RecoveryState.Failed;
            database.Locks.RemoveRange(database.Locks);
        });
        var afterwards = await plane.PostAsync("/v1/recoveries", body);

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal(HttpStatusCode.Conflict, meanwhile.Status);
        Assert.All(meanwhile.Faults, fault => Assert.Equal("in-live-recovery /plan", fault));
        Assert.Equal(HttpStatusCode.Accepted, afterwards.Status);
    }

    [Fact]
    public async Task The_plan_is_part_of_what_an_idempotency_key_stands_for()
    {
        var (plan, other) = (await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}"""), await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}"""));

        var first = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""", key: "tonight");
        var same = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""", key: "tonight");
        var different = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{other}}"}""", key: "tonight");

        Assert.Equal((HttpStatusCode.Accepted, first.Location), (same.Status, same.Location));
        Assert.Equal(["idempotency-key-reused Idempotency-Key"], different.Faults);
    }

    [Fact]
    public async Task An_expired_plan_is_refused_and_after_as_long_again_forgotten_but_not_while_a_live_recovery_has_it()
    {
        var (plan, carriedOut) = (await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}"""), await PlanAsync("""{"kind":"evacuate","hosts":["node3"]}"""));
        await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{carriedOut}}"}""");
        plane.Time.Pass(TimeSpan.FromHours(24.1));
        plane.Hear("node2");

        var expired = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""");
        plane.Time.Pass(TimeSpan.FromHours(24));
        plane.Hear("node2");
        await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "plan-expired /plan"), (expired.Status, Assert.Single(expired.Faults)));
        Assert.Equal(["unknown-plan /plan"], (await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""")).Faults);
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync($"/v1/plans/{carriedOut}")).Status);
    }

    [Fact]
    public async Task Whoever_asks_for_plans_in_a_loop_does_not_fill_the_disk()
    {
        var first = await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");
        await plane.SeedAsync(database =>
        {
            var shown = database.Plans.AsNoTracking().Single();
            database.Plans.AddRange(Enumerable.Range(1, 999).Select(second => new PlanRow
            {
                Id = Guid.CreateVersion7(shown.At.AddSeconds(second)),
                At = shown.At,
                ExpiresAt = shown.ExpiresAt,
                Request = shown.Request,
                WholeHosts = true,
                Plan = shown.Plan,
                Changes = [],
                Estimate = shown.Estimate,
                Warnings = [],
            }));
        });
        plane.Time.Pass(TimeSpan.FromHours(1));

        var last = await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(HttpStatusCode.NotFound, (await plane.GetAsync($"/v1/plans/{first}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync($"/v1/plans/{last}")).Status);
        await using var database = await plane.OpenAsync();
        Assert.Equal(1000, database.Plans.Count());
    }

    [Fact]
    public async Task Without_effects_it_says_what_would_be_mended()
    {
        var plan = await PlanAsync("""{"kind":"evacuate","hosts":["node1"]}""");
        await plane.SeedAsync(database =>
        {
            database.Domains.Add(Rows.Domain("node1", Guid.NewGuid(), "late", plane.Time.GetUtcNow()));
            database.Instances.Add(new InstanceRow { Id = database.Domains.Local.Single().Uuid, Host = "node1", Since = plane.Time.GetUtcNow() });
        });

        var answer = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}","options":{"dryRun":true} }""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.TryGetProperty("id", out _));
        Assert.Contains(answer.Json.GetProperty("warnings").EnumerateArray().ToList(), warning =>
            warning.GetProperty("message").GetString() == "late was not in the plan; it goes to node2.");
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.Recoveries);
        Assert.Single(database.Plans);
    }

    private async Task<Guid> PlanAsync(string body)
    {
        var answer = await plane.PostAsync("/v1/plans", body);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return answer.Json.GetProperty("id").GetGuid();
    }
}
