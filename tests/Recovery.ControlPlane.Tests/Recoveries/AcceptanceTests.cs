using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Stories of accepting, repeating, racing, cancelling and retrying.</summary>
public sealed class AcceptanceTests : IAsyncLifetime
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
    public async Task The_same_body_under_the_same_key_is_answered_as_the_first_time_whatever_happened_since()
    {
        var first = await plane.PostAsync("/v1/recoveries", Node1, key: "night-1");
        plane.Hear("node1");
        var second = await plane.PostAsync("/v1/recoveries", """{ "hosts": ["node1"], "kind": "evacuate", "instances": [] }""", key: "\"night-1\"");

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal((first.Status, first.Location), (second.Status, second.Location));
        await using var database = await plane.OpenAsync();
        Assert.Single(database.Recoveries);
    }

    [Fact]
    public async Task Many_retries_of_one_request_at_once_make_one_recovery()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => plane.PostAsync("/v1/recoveries", Node1, key: "night-2")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.Single(answers.Select(answer => answer.Location).Distinct());
    }

    [Fact]
    public async Task A_key_that_came_with_another_body_is_refused_and_nothing_is_done()
    {
        var first = await plane.PostAsync("/v1/recoveries", Node1, key: "night-3");
        var other = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node2"]}""", key: "night-3");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(["idempotency-key-reused Idempotency-Key"], other.Faults);
        Assert.Contains(first.Location!, other.Body, StringComparison.Ordinal);
        await using var database = await plane.OpenAsync();
        Assert.Single(database.Recoveries);
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_free()
    {
        plane.Hear("node1");
        var refused = await plane.PostAsync("/v1/recoveries", Node1, key: "night-4");
        plane.Time.Pass(TimeSpan.FromSeconds(6));
        var accepted = await plane.PostAsync("/v1/recoveries", Node1, key: "night-4");

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("a\\b")]
    public async Task A_key_that_is_none_is_a_fault(string key)
    {
        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["nod1"]}""", key: key);

        Assert.Equal(["invalid-parameter Idempotency-Key", "unknown-host /hosts/0"], answer.Faults);
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

    [Fact]
    public async Task Cancelling_twice_is_cancelling_once()
    {
        var recovery = await plane.PostAsync("/v1/recoveries", Node1);

        var first = await plane.PostAsync($"{recovery.Location}/cancel", null);
        var second = await plane.PostAsync($"{recovery.Location}/cancel", null);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.Status, second.Status));
        Assert.True(first.Json.GetProperty("cancelRequested").GetBoolean());
        await using var database = await plane.OpenAsync();
        Assert.True(database.Recoveries.Single().Cancel is not null);
        Assert.Equal(2, database.Events.Count());
    }

    [Theory]
    [InlineData(RecoveryState.Completed)]
    [InlineData(RecoveryState.CompletedWithFailures)]
    [InlineData(RecoveryState.Failed)]
    [InlineData(RecoveryState.Cancelled)]
    public async Task What_has_ended_can_not_be_cancelled(RecoveryState state)
    {
        var id = await SeedRecoveryAsync(state);

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/cancel", null);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(["recovery-final id"], answer.Faults);
        await using var database = await plane.OpenAsync();
        Assert.False(database.Recoveries.Single().Cancel is not null);
    }

    [Theory]
    [InlineData(InstanceState.Failed)]
    [InlineData(InstanceState.Unplaced)]
    [InlineData(InstanceState.Skipped)]
    public async Task A_retry_puts_an_instance_back_to_the_start_and_takes_its_lock_again(InstanceState state)
    {
        var id = await SeedRecoveryAsync(RecoveryState.Cancelled, (Rows.Web1, state), (Rows.Web2, InstanceState.Recovered));

        var told = plane.Services.GetRequiredService<RunnerSignal>().Next;
        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal($"/v1/recoveries/{id}", answer.Location);
        await using var database = await plane.OpenAsync();
        var row = database.Recoveries.Include(each => each.Instances).Single();
        Assert.Equal((RecoveryState.Accepted, false, null), (row.State, row.Cancel is not null, row.FinishedAt));
        var web1 = row.Instances.Single(each => each.InstanceId == Rows.Web1);
        Assert.Equal((InstanceState.Waiting, 2, null, "", null), (web1.State, web1.Attempt, web1.Target, web1.Reason, web1.FinishedAt));
        Assert.Equal(InstanceState.Recovered, row.Instances.Single(each => each.InstanceId == Rows.Web2).State);
        Assert.Equal([$"instance/{Rows.Web1}"], database.Locks.Select(held => held.Subject));
        Assert.True(told.IsCompleted);
    }

    [Theory]
    [InlineData(InstanceState.Recovered, "is on node2")]
    [InlineData(InstanceState.FailedUnclean, "Clean node2 by hand")]
    [InlineData(InstanceState.Waiting, "has not ended")]
    [InlineData(InstanceState.Recovering, "has not ended")]
    [InlineData(InstanceState.PuttingBack, "has not ended")]
    public async Task What_can_not_be_retried_says_why(InstanceState state, string expected)
    {
        var id = await SeedRecoveryAsync(RecoveryState.CompletedWithFailures, (Rows.Web1, state));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", null);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(["instance-not-retriable instance"], answer.Faults);
        Assert.Contains(expected, answer.Messages.Single(), StringComparison.Ordinal);
        await using var database = await plane.OpenAsync();
        Assert.Equal(1, database.RecoveryInstances.Single().Attempt);
    }

    [Theory]
    [InlineData(RecoveryState.Accepted)]
    [InlineData(RecoveryState.AwaitingProof)]
    [InlineData(RecoveryState.Recovering)]
    public async Task A_retry_waits_until_its_recovery_has_ended(RecoveryState state)
    {
        var id = await SeedRecoveryAsync(state, (Rows.Web1, InstanceState.Failed));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", null);

        Assert.Equal(["recovery-live id"], answer.Faults);
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
    }

    [Fact]
    public async Task A_retry_is_refused_while_its_host_is_alive_or_another_recovery_has_it()
    {
        var id = await SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));
        var other = await plane.PostAsync("/v1/recoveries", Node1);
        plane.Hear("node1");

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", null);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(["host-alive instance", "in-live-recovery instance"], answer.Faults);
        Assert.Contains(other.Location!, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_is_refused_when_the_instance_has_moved_on()
    {
        var id = await SeedRecoveryAsync(RecoveryState.Failed, (Rows.Db1, InstanceState.Failed));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Db1}/retry", null);

        Assert.Equal(["instance-elsewhere instance"], answer.Faults);
    }

    [Fact]
    public async Task Of_many_retries_at_once_one_is_accepted()
    {
        var id = await SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", null)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        await using var database = await plane.OpenAsync();
        Assert.Equal(2, database.RecoveryInstances.Single().Attempt);
    }

    [Theory]
    [InlineData("/v1/recoveries/nonsense/cancel")]
    [InlineData("/v1/recoveries/99999999-9999-4999-8999-999999999999/cancel")]
    [InlineData("/v1/recoveries/99999999-9999-4999-8999-999999999999/instances/11111111-1111-4111-8111-111111111111/retry")]
    public async Task What_is_not_there_is_not_found(string url)
    {
        var answer = await plane.PostAsync(url, null);

        Assert.Equal(["no-such-recovery id"], answer.Faults);
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    private async Task<Guid> SeedRecoveryAsync(RecoveryState state, params (Guid Id, InstanceState State)[] instances)
    {
        var id = Guid.CreateVersion7();
        await plane.SeedAsync(database =>
        {
            var row = Rows.Recovery(id, state, plane.Time.GetUtcNow(), "node1");
            row.FinishedAt = plane.Time.GetUtcNow();
            row.Cancel = state == RecoveryState.Cancelled && instances.Length > 0 ? CancelMode.Finish : null;
            database.Recoveries.Add(row);
            foreach (var (instance, instanceState) in instances)
            {
                var each = Rows.Instance(id, instance, "web", instanceState);
                each.Reason = "The disk is missing.";
                database.RecoveryInstances.Add(each);
            }
        });
        return id;
    }
}
