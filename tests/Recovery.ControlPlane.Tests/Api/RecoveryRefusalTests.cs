using System.Net;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>What is refused, with which status, and which faults are named at once.</summary>
public sealed class RecoveryRefusalTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    // node1 is silent with web1 and web2, node2 is alive with db1, node3 is silent, empty; node9 was never seen.
    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2", (Rows.Db1, "db1"));
        await plane.SeedHostAsync("node3");
        await plane.SeedAsync(database =>
        {
            var never = Rows.Host("node9", plane.Time.GetUtcNow());
            never.ReportedAt = null;
            database.Hosts.Add(never);
        });
        plane.Hear("node2");
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    public static TheoryData<string, int, string[]> Bodies => new()
    {
        // Not a body at all.
        { "", 400, ["empty-body "] },
        { "{\n \"kind\": evacuate}", 400, ["malformed-json "] },
        { "{\"kind\":\"evacuate\",\"hosts\":[\"node1\"]", 400, ["malformed-json "] },
        { "[]", 400, ["wrong-type "] },
        { "\"evacuate node1\"", 400, ["wrong-type "] },
        { "null", 400, ["wrong-type "] },

        // Members.
        { "{}", 400, ["missing-member /kind", "nothing-named /hosts"] },
        { """{"kind":"evacuate","host":["node1"]}""", 400, ["nothing-named /hosts", "unknown-member /host"] },
        { """{"kind":"evacuate","hosts":["node1"],"a/b~c":1}""", 400, ["unknown-member /a~1b~0c"] },
        { """{"kind":"evacuate","kind":"drain","hosts":["node1"]}""", 400, ["duplicate-member /kind"] },
        { """{"kind":1,"hosts":"node1","instances":{},"targets":true,"options":[]}""", 400,
            ["wrong-type /kind", "wrong-type /hosts", "wrong-type /instances", "wrong-type /targets", "wrong-type /options"] },
        { """{"kind":"evacuate","hosts":null}""", 400, ["wrong-type /hosts"] },
        { """{"kind":"evacuate","hosts":[1,"node1",null]}""", 400, ["wrong-type /hosts/0", "wrong-type /hosts/2"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"maxparalel":3,"dryRun":"yes","maxParallel":"8","fencing":false}}""", 400,
            ["wrong-type /options/fencing", "wrong-type /options/maxParallel", "wrong-type /options/dryRun", "unknown-member /options/maxparalel"] },

        // Values.
        { """{"kind":"evacute","hosts":["node1"]}""", 400, ["unknown-kind /kind"] },
        { """{"kind":"Evacuate","hosts":["node1"]}""", 400, ["unknown-kind /kind"] },
        { """{"kind":"drain","hosts":["node1"]}""", 422, ["kind-not-carried-out /kind"] },
        { """{"kind":"resume","hosts":["node1"]}""", 422, ["kind-not-carried-out /kind"] },
        { """{"kind":"failback","hosts":["node1"]}""", 422, ["kind-not-carried-out /kind"] },
        { """{"kind":"drill","hosts":["node1"]}""", 422, ["kind-not-carried-out /kind"] },
        { """{"kind":"evacuate","hosts":[],"instances":[]}""", 400, ["nothing-named /hosts"] },
        { """{"kind":"evacuate","hosts":["node1","node1"]}""", 400, ["host-twice /hosts/1"] },
        { """{"kind":"evacuate","hosts":["-node1","node 1"]}""", 400, ["invalid-value /hosts/0", "invalid-value /hosts/1"] },
        { $$"""{"kind":"evacuate","instances":["{{Rows.Web1}}","{{Rows.Web1.ToString().ToUpperInvariant()}}"]}""", 400, ["instance-twice /instances/1"] },
        { """{"kind":"evacuate","instances":["web1"]}""", 400, ["invalid-value /instances/0"] },
        { """{"kind":"evacuate","hosts":["node1"],"targets":["node3","node3"]}""", 400, ["target-twice /targets/1"] },
        { """{"kind":"evacuate","hosts":["node1"],"targets":["node1"]}""", 400, ["target-is-source /targets/0"] },
        { $$"""{"kind":"evacuate","instances":["{{Rows.Web1}}"],"targets":["node1"]}""", 400, ["target-is-source /targets/0"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":0}}""", 400, ["out-of-range /options/maxParallel"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":65}}""", 400, ["out-of-range /options/maxParallel"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":1.5}}""", 400, ["out-of-range /options/maxParallel"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":99999999999999999999}}""", 400, ["out-of-range /options/maxParallel"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"fencing":"none"}}""", 400, ["fencing-required /options/fencing"] },

        // What is not here.
        { """{"kind":"evacuate","hosts":["nod1"]}""", 422, ["unknown-host /hosts/0"] },
        { """{"kind":"evacuate","hosts":["node1"],"targets":["node4"]}""", 422, ["unknown-target /targets/0"] },
        { """{"kind":"evacuate","instances":["99999999-9999-4999-8999-999999999999"]}""", 422, ["unknown-instance /instances/0"] },
        { $$"""{"kind":"evacuate","hosts":["node3"],"instances":["{{Rows.Web1}}"]}""", 422, ["instance-elsewhere /instances/0"] },

        // What is not now.
        { """{"kind":"evacuate","hosts":["node2"]}""", 409, ["host-alive /hosts/0"] },
        { $$"""{"kind":"evacuate","instances":["{{Rows.Db1}}"]}""", 409, ["host-alive /instances/0"] },
        { """{"kind":"evacuate","hosts":["node9"]}""", 409, ["host-never-seen /hosts/0"] },

        // All of it together: the status is that of what has to be mended first.
        { """{"kind":"evacuate","hosts":["node2","nod1"]}""", 422, ["unknown-host /hosts/1", "host-alive /hosts/0"] },
        { """{"kind":"evacuate","hosts":["node2","nod1"],"options":{"maxParallel":0},"x":1}""", 400,
            ["out-of-range /options/maxParallel", "unknown-member /x", "unknown-host /hosts/1", "host-alive /hosts/0"] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Every_fault_of_a_body_is_named_at_once_and_nothing_is_written(string body, int status, string[] faults)
    {
        var answer = await plane.PostAsync("/v1/recoveries", body);

        Assert.Equal(faults, answer.Faults);
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
        Assert.Equal("/v1/recoveries", answer.Json.GetProperty("instance").GetString());
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.Recoveries);
        Assert.Empty(database.Locks);
        Assert.Empty(database.Events);
    }

    [Theory]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["nod1"]}""", "Did you mean \"node1\"?")]
    [InlineData("/host", """{"kind":"evacuate","host":["node1"]}""", "Did you mean \"hosts\"?")]
    [InlineData("/kind", """{"kind":"evacaute","hosts":["node1"]}""", "Did you mean \"evacuate\"?")]
    [InlineData("/kind", """{"kind":"drain","hosts":["node1"]}""", "virsh migrate")]
    [InlineData("/kind", """{"kind":7,"hosts":["node1"]}""", "is the number 7; it has to be a string")]
    [InlineData("/options/fencing", """{"kind":"evacuate","hosts":["node1"],"options":{"fencing":"skip"}}""", "/attestations")]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["node2"]}""", "{\"kind\":\"drain\",\"hosts\":[\"node2\"]}")]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["node2"]}""", "heartbeat is 0")]
    [InlineData("", "{\n \"kind\": evacuate}", "line 2, byte 10")]
    public async Task The_sentence_says_what_to_do(string pointer, string body, string expected)
    {
        var answer = await plane.PostAsync("/v1/recoveries", body);

        var message = answer.Json.GetProperty("errors").EnumerateArray()
            .Single(error => error.GetProperty("pointer").GetString() == pointer)
            .GetProperty("message").GetString();
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/json; charset=latin1", 415)]
    [InlineData("", 415)]
    [InlineData("application/json", 202)]
    [InlineData("application/json; charset=UTF-8", 202)]
    [InlineData("application/vnd.recovery+json", 202)]
    public async Task A_body_has_to_be_said_to_be_JSON(string contentType, int status)
    {
        var answer = await plane.SendAsync(
            HttpMethod.Post, "/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""", contentType: contentType);

        Assert.Equal(status, (int)answer.Status);
    }

    [Theory]
    [InlineData(1024 * 1024, 400)]
    [InlineData((1024 * 1024) + 1, 413)]
    public async Task A_body_has_a_greatest_size(int bytes, int status)
    {
        var answer = await plane.PostAsync("/v1/recoveries", new string(' ', bytes));

        Assert.Equal(status, (int)answer.Status);
    }

    [Fact]
    public async Task A_body_of_unknown_length_has_a_greatest_size_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/recoveries") { Content = new StreamContent(new MemoryStream(new byte[2 * 1024 * 1024])) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await plane.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_host_whose_libvirt_is_down_is_alive()
    {
        plane.Hear("node1", "libvirtd does not answer");

        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("its guests may well be running", answer.Messages.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_was_alive_can_be_evacuated_once_it_is_silent()
    {
        plane.Time.Pass(TimeSpan.FromSeconds(6));

        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node2"]}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    [Fact]
    public async Task Right_after_a_start_silence_says_nothing()
    {
        await using var started = await RunningControlPlane.StartAsync(heardFor: TimeSpan.Zero);
        await started.SeedHostAsync("node1");

        var early = await started.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");
        started.Time.Pass(TimeSpan.FromSeconds(5));
        var later = await started.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(["liveness-unknown /hosts/0"], early.Faults);
        Assert.Equal(HttpStatusCode.Accepted, later.Status);
    }
}
