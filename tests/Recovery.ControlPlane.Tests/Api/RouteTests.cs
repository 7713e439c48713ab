using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>In a cloud: a route is wished for, kept with a plan, and shown with all that it writes elsewhere.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private const string Assisted = """{"kind":"evacuate","hosts":["node1"],"options":{"route":"assisted"}}""";
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync(replace: services =>
        {
            // The cluster is the reports' and says that it is a cloud's: which is enough for what is asked and shown.
            var its = (RecoveryOptions)services.Last(service => service.ServiceType == typeof(RecoveryOptions)).ImplementationInstance!;
            services.AddSingleton(its with { Inventory = RecoveryOptions.Nova });
            var inventory = services.Last(service => service.ServiceType == typeof(IInventory)).ImplementationFactory!;
            services.AddSingleton<IInventory>(provider => new Routed((IInventory)inventory(provider)));
        });
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
        await plane.SeedHostAsync("node2");
        plane.Hear("node2");
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_plan_shows_the_route_why_and_what_would_be_written()
    {
        var plan = await plane.PostAsync("/v1/plans", Assisted);

        Assert.Equal(HttpStatusCode.OK, plan.Status);
        var move = Assert.Single(plan.Json.GetProperty("moves").EnumerateArray());
        Assert.Equal(("assisted", "it was asked for"), (move.GetProperty("route").GetString(), move.GetProperty("routeReason").GetString()));
        Assert.Equal(["nova cell1, instances of web1: host node1 → node2"], move.GetProperty("writes").EnumerateArray().Select(line => line.GetString()));
    }

    [Fact]
    public async Task A_plan_that_was_made_with_a_route_keeps_it()
    {
        var plan = (await plane.PostAsync("/v1/plans", Assisted)).Json.GetProperty("id").GetGuid();

        var other = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}","options":{"route":"direct"} }""");
        var answer = await plane.PostAsync("/v1/recoveries", $$"""{"plan":"{{plan}}"}""");

        Assert.Equal(["not-with-plan /options/route"], other.Faults);
        Assert.Equal((HttpStatusCode.Accepted, "assisted"), (answer.Status, answer.Json.GetProperty("route").GetString()));
        await using var database = await plane.OpenAsync();
        Assert.Equal(RecoveryRoute.Assisted, Assert.Single(database.Recoveries).Request.Route);
        Assert.EndsWith(", route assisted", Assert.Single(database.Audit).Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_wish_none_is_kept_and_whichever_is_best_is_shown()
    {
        var plan = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"]}""");
        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal("direct", plan.Json.GetProperty("moves")[0].GetProperty("route").GetString());
        Assert.False(answer.Json.TryGetProperty("route", out _));
    }

    [Fact]
    public async Task Under_one_key_it_is_another_request()
    {
        var first = await plane.PostAsync("/v1/recoveries", Assisted, key: "one");
        var other = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""", key: "one");

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal(["idempotency-key-reused Idempotency-Key"], other.Faults);
    }

    [Fact]
    public async Task A_host_that_was_never_seen_is_planned_for_with_a_warning()
    {
        await plane.SeedAsync(database =>
        {
            var never = Rows.Host("node9", plane.Time.GetUtcNow());
            never.ReportedAt = null;
            database.Hosts.Add(never);
        });

        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node9"]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains(answer.Json.GetProperty("warnings").EnumerateArray().ToList(), warning => warning.GetProperty("code").GetString() == "source-never-seen");
    }

    [Fact]
    public async Task A_report_shows_the_route_and_everything_that_was_written_and_put_back()
    {
        var id = await SeedReportAsync();

        var report = (await plane.GetAsync($"/v1/recoveries/{id}/report")).Json.GetProperty("instances")[0];
        var text = (await plane.GetAsync($"/v1/recoveries/{id}/report", "text/plain")).Body;
        var instances = await plane.GetAsync($"/v1/recoveries/{id}/instances", "text/plain");

        Assert.Equal("assisted", report.GetProperty("route").GetString());
        Assert.Equal(
            ["nova cell1, instances of web: task_state none → rebuilding", "nova cell1, instances of web: task_state rebuilding → none"],
            report.GetProperty("writes").EnumerateArray().Select(line => line.GetString()));
        Assert.DoesNotContain("its own form", (await plane.GetAsync($"/v1/recoveries/{id}/report")).Body, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            INSTANCE  STATE   TARGET  ROUTE     PLANNED  FENCED  CONNECTED  STARTED  READY  REASON
            web       failed  node2   assisted  -        -       -          -        -      The disk is missing.

            Written for web:
              nova cell1, instances of web: task_state none → rebuilding
              nova cell1, instances of web: task_state rebuilding → none

            """,
            text,
            StringComparison.Ordinal);
        Assert.Equal(
            """
            INSTANCE  STATE   TARGET  ROUTE     REASON
            web       failed  node2   assisted  The disk is missing.

            """,
            instances.Body);
    }

    private async Task<Guid> SeedReportAsync()
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.CompletedWithFailures, (Rows.Web1, InstanceState.Failed));
        await plane.SeedAsync(database =>
        {
            database.RecoveryInstances.Single().Route = RecoveryRoute.Assisted;
            Step(StepAction.MarkEvacuation, StepOutcome.Succeeded, "task_state none → rebuilding");
            Step(StepAction.MoveAllocations, StepOutcome.FailedForGood, "resource_provider_id 1 → 2");
            Step(StepAction.UnmarkEvacuation, StepOutcome.Succeeded, "task_state rebuilding → none");
            Step(StepAction.Define, StepOutcome.Succeeded, "console on 10.0.0.2", writes: "");

            void Step(StepAction action, StepOutcome outcome, string words, string writes = "in its own form") => database.Journal.Add(new JournalRow
            {
                StepId = Guid.NewGuid(),
                RecoveryId = id,
                InstanceId = Rows.Web1,
                Attempt = 1,
                Action = action,
                Host = "node2",
                Epoch = 1,
                IntendedAt = plane.Time.GetUtcNow(),
                EndedAt = plane.Time.GetUtcNow(),
                Outcome = outcome,
                Writes = writes,
                Details = [$"nova cell1, instances of web: {words}"],
            });
        });
        return id;
    }

    private sealed class Routed(IInventory reports) : IInventory
    {
        public Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken) =>
            reports.SnapshotAsync(exceptRecovery, cancellationToken);

        public Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
            IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken) => reports.DefinitionsAsync(instances, cancellationToken);

        public Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken) => Task.FromResult(plan with
        {
            Moves = [.. plan.Moves.Select(move => move with
            {
                Route = wished ?? RecoveryRoute.Direct,
                RouteReason = wished is null ? "the nova-compute of node2 is down" : "it was asked for",
                Writes = [$"nova cell1, instances of {move.Name}: host {move.Source} → {move.Target}"],
            })],
        });

        public Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken) => reports.ReadmitAsync(host, cancellationToken);
    }
}
