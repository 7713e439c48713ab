using System.Net;
using Recovery.ControlPlane.Tests.Api;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Stories of requests that are sent again.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
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
}
