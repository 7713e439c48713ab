using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Stories of trying one instance again.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private const string Node1 = """{"kind":"evacuate","hosts":["node1"]}""";
    private const string Ada = """{"who":"Ada Park","why":"the disk is back"}""";
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2", (Rows.Db1, "db1"));
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Theory]
    [InlineData(InstanceState.Failed)]
    [InlineData(InstanceState.Unplaced)]
    [InlineData(InstanceState.Skipped)]
    public async Task A_retry_puts_an_instance_back_to_the_start_and_takes_its_lock_again(InstanceState state)
    {
        var told = plane.Services.GetRequiredService<RunnerSignal>().Next;
        var id = await plane.SeedRecoveryAsync(RecoveryState.Cancelled, (Rows.Web1, state), (Rows.Web2, InstanceState.Recovered));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", Ada);

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
        var id = await plane.SeedRecoveryAsync(RecoveryState.CompletedWithFailures, (Rows.Web1, state));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", Ada);

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
        var id = await plane.SeedRecoveryAsync(state, (Rows.Web1, InstanceState.Failed));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", Ada);

        Assert.Equal(["recovery-live id"], answer.Faults);
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
    }

    [Fact]
    public async Task A_retry_is_refused_while_its_host_is_alive_or_another_recovery_has_it()
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));
        var other = await plane.PostAsync("/v1/recoveries", Node1);
        plane.Hear("node1");

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", Ada);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(["host-alive instance", "in-live-recovery instance"], answer.Faults);
        Assert.Contains(other.Location!, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_is_refused_when_the_instance_has_moved_on()
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.Failed, (Rows.Db1, InstanceState.Failed));

        var answer = await plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Db1}/retry", Ada);

        Assert.Equal(["instance-elsewhere instance"], answer.Faults);
    }

    [Fact]
    public async Task Of_many_retries_at_once_one_is_accepted()
    {
        var id = await plane.SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => plane.PostAsync($"/v1/recoveries/{id}/instances/{Rows.Web1}/retry", Ada)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        await using var database = await plane.OpenAsync();
        Assert.Equal(2, database.RecoveryInstances.Single().Attempt);
    }
}
