using System.Net;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Databases;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Lists page by cursor and filter; what is wrong with their queries is said.</summary>
public class ListTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await RunningControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Pages_of_hosts_lose_and_double_nothing()
    {
        foreach (var name in new[] { "node3", "node1", "node5", "node2", "node4" })
        {
            await plane.SeedHostAsync(name);
        }

        Assert.Equal(["node1", "node2", "node3", "node4", "node5"], await plane.AllAsync("/v1/hosts?limit=2", "name"));
    }

    [Fact]
    public async Task Pages_of_instances_lose_and_double_nothing()
    {
        var ids = Enumerable.Range(0, 7).Select(_ => Guid.NewGuid()).ToArray();
        await plane.SeedHostAsync("node1", [.. ids.Select((id, index) => (id, $"guest{index}"))]);

        var listed = await plane.AllAsync("/v1/instances?limit=3", "id");

        Assert.Equal(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task Pages_of_recoveries_are_newest_first_and_filter_by_state()
    {
        var now = plane.Time.GetUtcNow();
        var ids = Enumerable.Range(0, 5).Select(second => Guid.CreateVersion7(now.AddSeconds(second))).ToArray();
        await plane.SeedAsync(database => database.Recoveries.AddRange(ids.Select((id, index) =>
            Rows.Recovery(id, index % 2 == 0 ? RecoveryState.Completed : RecoveryState.AwaitingProof, now.AddSeconds(index), "node1"))));

        Assert.Equal(ids.Reverse().Select(id => id.ToString()), await plane.AllAsync("/v1/recoveries?limit=2", "id"));
        Assert.Equal([ids[3].ToString(), ids[1].ToString()], await plane.AllAsync("/v1/recoveries?state=awaitingProof,failed", "id"));
    }

    [Fact]
    public async Task Instances_filter_by_host_and_state_and_tell_the_age_of_what_is_known()
    {
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
        await plane.SeedHostAsync("node2", (Rows.Db1, "db1"));
        await plane.SeedAsync(database =>
        {
            // A stale copy on a host that the instance does not belong to is not the instance.
            database.Domains.Add(Rows.Domain("node2", Rows.Web1, "stale", plane.Time.GetUtcNow(), DomainState.ShutOff));
        });
        plane.Time.Pass(TimeSpan.FromSeconds(90));

        Assert.Equal(["web1"], await plane.AllAsync("/v1/instances?host=node1", "name"));
        Assert.Empty(await plane.AllAsync("/v1/instances?state=shutOff", "name"));
        var web1 = (await plane.GetAsync($"/v1/instances/{Rows.Web1}")).Json;
        Assert.InRange(web1.GetProperty("definitionAgeSeconds").GetDouble(), 90, 120);
        Assert.Equal("running", web1.GetProperty("state").GetString());
        var definition = await plane.GetAsync(web1.GetProperty("definitionHref").GetString()!);
        Assert.Equal(("<domain><name>web1</name></domain>", "application/xml"), (definition.Body, definition.ContentType));
    }

    [Fact]
    public async Task An_instance_whose_host_has_not_reported_it_is_known_without_a_definition()
    {
        await plane.SeedHostAsync("node1");
        await plane.SeedAsync(database => database.Instances.Add(new InstanceRow { Id = Rows.Web1, Host = "node1", Since = plane.Time.GetUtcNow() }));

        Assert.Single(await plane.AllAsync("/v1/instances", "id"));
        Assert.Equal(["no-definition id"], (await plane.GetAsync($"/v1/instances/{Rows.Web1}/definition")).Faults);
        Assert.Equal(["no-such-instance id"], (await plane.GetAsync("/v1/instances/web1")).Faults);
    }

    [Theory]
    [InlineData("/v1/hosts?limit=0", "invalid-parameter limit")]
    [InlineData("/v1/hosts?limit=501", "invalid-parameter limit")]
    [InlineData("/v1/hosts?limit=ten", "invalid-parameter limit")]
    [InlineData("/v1/hosts?cursor=zz", "invalid-parameter cursor")]
    [InlineData("/v1/hosts?cursor=ab", "invalid-parameter cursor")]
    [InlineData("/v1/recoveries?cursor=313a6e6f646531", "invalid-parameter cursor")]
    [InlineData("/v1/recoveries?state=done&lmit=3", "invalid-parameter state,unknown-parameter lmit")]
    [InlineData("/v1/instances?state=0", "invalid-parameter state")]
    [InlineData("/v1/instances?host=a&host=b", "invalid-parameter host")]
    public async Task What_is_wrong_with_a_query_is_said(string url, string faults)
    {
        var answer = await plane.GetAsync(url);

        Assert.Equal(faults.Split(','), answer.Faults);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Health_says_what_is_wrong()
    {
        var live = await plane.GetAsync("/healthz/live");
        var ready = await plane.GetAsync("/healthz/ready");
        await using (var database = await plane.OpenAsync())
        {
            await database.Database.EnsureDeletedAsync(TestContext.Current.CancellationToken);
        }

        var broken = await plane.GetAsync("/healthz/ready");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.Status, ready.Status));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.Status);
        var reason = broken.Json.GetProperty("checks")[0].GetProperty("reason").GetString();
        Assert.Matches(
            OnMariaDbAttribute.Applies ? "Unknown database .* has to run, be reachable" : "no such table.* Check Recovery:Database:File",
            reason);
    }

    [Fact]
    public async Task Unknown_URLs_wrong_methods_and_our_own_failures_are_problem_documents()
    {
        var missing = await plane.GetAsync("/v2/hosts");
        var method = await plane.SendAsync(HttpMethod.Delete, "/v1/plans", null);
        await using (var database = await plane.OpenAsync())
        {
            await database.Database.EnsureDeletedAsync(TestContext.Current.CancellationToken);
        }

        var failure = await plane.GetAsync("/v1/hosts");

        Assert.Equal((404, "no-such-resource -"), ((int)missing.Status, missing.Faults.Single()));
        Assert.Equal((405, "method-not-allowed -"), ((int)method.Status, method.Faults.Single()));
        Assert.Equal((500, "application/problem+json"), ((int)failure.Status, failure.ContentType));
        Assert.DoesNotContain("Sqlite", failure.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_type_of_a_problem_leads_to_its_page()
    {
        var type = (await plane.GetAsync("/v1/hosts/node1")).Json.GetProperty("type").GetString()!;

        Assert.Equal("no-such-host (404): There is no such host.\n", (await plane.GetAsync(type)).Body);
    }
}
