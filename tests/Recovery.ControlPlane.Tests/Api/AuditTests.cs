using System.Net;
using Microsoft.EntityFrameworkCore;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>The audit log: what is in it, that it is written with what it tells of or not at all, and how it is read.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private const string Ada = """{"who":"Ada Park","why":"the storage is slow"}""";
    private RunningControlPlane plane = null!;
    private Guid live;
    private Guid ended;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
        await plane.SeedHostAsync("node2");
        await plane.SeedHostAsync("node5");
        live = await plane.SeedRecoveryAsync(RecoveryState.Recovering, (Rows.Web2, InstanceState.Waiting));
        ended = await plane.SeedRecoveryAsync(RecoveryState.Failed, (Rows.Web1, InstanceState.Failed));
        await plane.SeedAsync(database => database.Recoveries.Single(row => row.Id == live).Request =
            database.Recoveries.Single(row => row.Id == live).Request with { Hosts = ["node7"] });
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    /// <summary>Everything that an operator can do: the request, and what the log says of it.</summary>
    public static TheoryData<string, string, string?, string> Deeds => new()
    {
        { "POST", "/v1/recoveries/LIVE/pause", Ada, "pause Ada Park: the storage is slow [LIVE] paused no → yes" },
        { "POST", "/v1/recoveries/LIVE/cancel", Ada, "cancel Ada Park: the storage is slow [LIVE] cancel no → finish" },
        { "PUT", "/v1/recoveries/LIVE/limits", """{"who":"Ada","why":"slow","inAll":2}""", "limits Ada: slow [LIVE] inAll 8 → 2" },
        { "POST", $"/v1/recoveries/LIVE/instances/{Rows.Web2}/skip", Ada, $"skip Ada Park: the storage is slow [LIVE {Rows.Web2}] web of node1" },
        { "POST", $"/v1/recoveries/ENDED/instances/{Rows.Web1}/retry", Ada, $"retry Ada Park: the storage is slow [ENDED {Rows.Web1}] web was failed, attempt 2" },
        { "POST", "/v1/recoveries", """{"kind":"evacuate","hosts":["node1"],"who":"Ada","why":"it burns"}""", "accept Ada: it burns [NEW node1] evacuate node1, 1 instances known now" },
        { "POST", "/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""", "accept unnamed:  [NEW node1] evacuate node1, 1 instances known now" },
        { "POST", "/v1/hosts/node2/attestations", """{"who":"Ada","reason":"unplugged","expiresAt":"2999-01-01T00:00:00Z"}""", "" },
        { "PUT", "/v1/hosts/node3", """{"executor":"http://10.0.0.13:7071"}""", "register-host unnamed:  [node3] http://10.0.0.13:7071" },
        { "PUT", "/v1/hosts/node2", """{"executor":"http://10.0.0.12:7071","traits":["ssd"]}""", "change-host unnamed:  [node2] changed: executor, traits" },
        { "PUT", "/v1/hosts/node2", """{"executor":"http://node2:7071"}""", "change-host unnamed:  [node2] nothing changed" },
        { "DELETE", "/v1/hosts/node5", null, "delete-host unnamed:  [node5] " },
        { "PUT", "/v1/hosts/node2/maintenance", """{"enabled":true,"reason":"new disks","who":"Bo"}""", "begin-maintenance Bo: new disks [node2] " },
        { "PUT", "/v1/hosts/node2/maintenance", """{"enabled":false}""", "end-maintenance unnamed:  [node2] " },
    };

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task Whatever_is_done_is_in_the_log(string method, string url, string? body, string expected)
    {
        if (expected.Length == 0)
        {
            // An attestation ends within a day; the table knows no now.
            body = """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""";
            expected = $"attest Ada: unplugged [node2] off, until {plane.Time.GetUtcNow().AddMinutes(10):yyyy-MM-dd'T'HH}";
        }

        var answer = await plane.SendAsync(new(method), Url(url), body);

        Assert.True((int)answer.Status is >= 200 and < 300, answer.Body);
        var row = Assert.Single(plane.Read(database => database.Audit.ToList()));
        object?[] about = [row.RecoveryId, row.InstanceId, row.Host];
        var said = $"{row.Action} {row.Who}: {row.Why} [{string.Join(' ', about.Where(each => each is not null))}] {row.Details}"
            .Replace($"{live}", "LIVE", StringComparison.Ordinal).Replace($"{ended}", "ENDED", StringComparison.Ordinal);
        expected = expected.Replace("NEW", answer.Location?.Split('/')[^1], StringComparison.Ordinal);
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        Assert.InRange(row.At, plane.Time.GetUtcNow().AddMinutes(-1), plane.Time.GetUtcNow());
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task What_can_not_be_logged_is_not_done(string method, string url, string? body, string expected)
    {
        await plane.FailOnInsertAsync("Audit");
        var before = await EverythingAsync();

        var answer = await plane.SendAsync(
            new(method), Url(url), expected.Length > 0 ? body : """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal(before, await EverythingAsync());
    }

    [Theory]
    [InlineData("POST", "/v1/recoveries/LIVE/pause", Ada)]
    [InlineData("POST", "/v1/recoveries/LIVE/cancel", Ada)]
    [InlineData("PUT", "/v1/recoveries/LIVE/limits", """{"who":"Ada","why":"slow","inAll":2}""")]
    [InlineData("POST", "/v1/recoveries/LIVE/instances/22222222-2222-4222-8222-222222222222/skip", Ada)]
    [InlineData("POST", "/v1/recoveries/ENDED/instances/11111111-1111-4111-8111-111111111111/retry", Ada)]
    public async Task What_can_not_be_told_is_neither_done_nor_logged(string method, string url, string body)
    {
        await plane.FailOnInsertAsync("Events");
        var before = await EverythingAsync();

        var answer = await plane.SendAsync(new(method), Url(url), body);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task What_is_refused_is_not_in_the_log()
    {
        plane.Hear("node1");
        plane.Hear("node2");
        await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"],"who":"Ada","why":"why not"}""");
        await plane.PostAsync("/v1/hosts/node2/attestations", """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""");
        await plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node1", null);
        await plane.PutAsync("/v1/hosts/node9/maintenance", """{"enabled":false}""");
        await plane.PostAsync($"/v1/recoveries/{ended}/cancel", Ada);

        Assert.Empty(plane.Read(database => database.Audit.ToList()));
    }

    [Fact]
    public async Task Who_asks_and_why_is_no_part_of_an_idempotent_request()
    {
        var first = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"],"who":"Ada"}""", key: "one");
        var again = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"],"who":"Bo","why":"to be sure"}""", key: "one");

        Assert.Equal((HttpStatusCode.Accepted, first.Location), (again.Status, again.Location));
        Assert.Equal("Ada", Assert.Single(plane.Read(database => database.Audit.ToList())).Who);
    }

    [Fact]
    public async Task Whoever_registers_or_forgets_a_host_may_say_so_in_a_header()
    {
        using var registers = new HttpRequestMessage(HttpMethod.Put, "/v1/hosts/node3") { Content = new StringContent("""{"executor":"http://10.0.0.13:7071"}""") };
        registers.Content.Headers.ContentType = new("application/json");
        registers.Headers.Add("X-Recovery-Who", "Ada Park");
        using var forgets = new HttpRequestMessage(HttpMethod.Delete, "/v1/hosts/node3");
        forgets.Headers.Add("X-Recovery-Who", new string('a', 201));

        using var registered = await plane.Client.SendAsync(registers, TestContext.Current.CancellationToken);
        using var refused = await plane.Client.SendAsync(forgets, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (registered.StatusCode, refused.StatusCode));
        Assert.Equal("Ada Park", Assert.Single(plane.Read(database => database.Audit.ToList())).Who);
    }

    [Fact]
    public async Task It_is_read_newest_first_page_by_page_and_filtered()
    {
        for (var round = 0; round < 3; round++)
        {
            await plane.PostAsync($"/v1/recoveries/{live}/pause", Ada);
            await plane.PostAsync($"/v1/recoveries/{live}/continue", """{"who":"Bo","why":"go on"}""");
        }

        await plane.PutAsync("/v1/hosts/node2/maintenance", """{"enabled":true,"reason":"new disks","who":"Bo"}""");
        await plane.PostAsync($"/v1/recoveries/{live}/instances/{Rows.Web2}/skip", Ada);

        string[] all = ["skip", "begin-maintenance", "continue", "pause", "continue", "pause", "continue", "pause"];
        Assert.Equal(all, await plane.AllAsync("/v1/audit?limit=3", "action"));
        Assert.Equal(all.Where(action => action != "begin-maintenance"), await plane.AllAsync($"/v1/audit?recovery={live}&limit=2", "action"));
        Assert.Equal(["skip"], await plane.AllAsync($"/v1/audit?instance={Rows.Web2}", "action"));
        Assert.Equal(["begin-maintenance"], await plane.AllAsync("/v1/audit?host=node2", "action"));
        Assert.Equal(["begin-maintenance", "continue", "continue", "continue"], await plane.AllAsync("/v1/audit?who=Bo&limit=1", "action"));
        Assert.Equal(["pause", "pause", "pause"], await plane.AllAsync($"/v1/audit?who=Ada%20Park&action=pause&recovery={live}", "action"));
        Assert.Empty(await plane.AllAsync($"/v1/audit?recovery={ended}", "action"));
    }

    [Fact]
    public async Task As_text_it_is_a_table()
    {
        var empty = await plane.GetAsync("/v1/audit", "text/plain");
        await plane.PutAsync($"/v1/recoveries/{live}/limits", """{"who":"Ada Park","why":"the storage is slow","inAll":2}""");
        await plane.PostAsync($"/v1/recoveries/{live}/pause", Ada);
        var table = await plane.GetAsync("/v1/audit?limit=1", "text/plain");
        var rest = await plane.GetAsync("/v1/audit?action=limits", "text/plain");

        Assert.Equal("Nothing was done.\n", empty.Body);
        Assert.Matches(@"^AT +WHO +ACTION +HOST +RECOVERY +DETAILS +WHY\n\S+Z  Ada Park  pause   -     \S+  paused no → yes  the storage is slow\nMore: \?cursor=\w+\n$", table.Body);
        Assert.Contains("inAll 8 → 2", rest.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/audit?recovery=r1&instance=web1", "invalid-parameter recovery,invalid-parameter instance")]
    [InlineData("/v1/audit?actoin=pause&limit=0&cursor=zz", "invalid-parameter limit,invalid-parameter cursor,unknown-parameter actoin")]
    public async Task What_is_wrong_with_a_query_is_said(string url, string faults)
    {
        var answer = await plane.GetAsync(url);

        Assert.Equal((HttpStatusCode.BadRequest, faults), (answer.Status, string.Join(',', answer.Faults)));
    }

    private string Url(string url) => url.Replace("LIVE", $"{live}", StringComparison.Ordinal).Replace("ENDED", $"{ended}", StringComparison.Ordinal);

    // All that a deed could have changed, as it is stored.
    private async Task<string> EverythingAsync()
    {
        await using var database = await plane.OpenAsync();
        await using var connection = database.Database.GetDbConnection();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var all = new List<string>();
        foreach (var table in (string[])["Recoveries", "RecoveryInstances", "Locks", "Hosts", "Domains", "FenceProofs", "Events", "Audit", "IdempotencyKeys"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                all.Add($"{table}: {string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue))}");
            }
        }

        return string.Join('\n', all);
    }
}
