using System.Net;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>What is refused, with which status, and which faults are named at once.</summary>
public sealed class RecoveryBodyTests(RefusalFixture fixture) : IClassFixture<RefusalFixture>
{
    private readonly RunningControlPlane plane = fixture.Plane;

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
        { """{"kind":"resume","hosts":["node1"]}""", 409, ["host-not-up /hosts/0"] },
        { """{"kind":"resume","hosts":["node1"],"targets":["node2"]}""", 400, ["not-with-resume /targets/0", "host-not-up /hosts/0"] },
        { """{"kind":"resume","hosts":["node1"],"options":{"evenIfAlive":true}}""", 400, ["not-with-resume /options/evenIfAlive", "host-not-up /hosts/0"] },
        { """{"kind":"resume","hosts":["node1"],"options":{"dryRun":true}}""", 422, ["resume-not-planned /kind", "host-not-up /hosts/0"] },
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

        // By which way.
        { """{"kind":"evacuate","hosts":["node1"],"options":{"route":"direct"}}""", 422, ["route-not-here /options/route"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"route":"plain"}}""", 400, ["unknown-route /options/route"] },
        { """{"kind":"evacuate","hosts":["node1"],"options":{"route":true}}""", 400, ["wrong-type /options/route"] },
        { """{"kind":"resume","hosts":["node1"],"options":{"route":"assisted"}}""", 400,
            ["route-not-here /options/route", "not-with-resume /options/route", "host-not-up /hosts/0"] },
        { """{"plan":"01980000-0000-7000-8000-000000000009","options":{"route":"direct"}}""", 400, ["not-with-plan /options/route", "unknown-plan /plan"] },

        // What is left out.
        { $$"""{"kind":"evacuate","hosts":["node1"],"excludedTargets":["node3","node3"],"excludedInstances":["{{Rows.Web1}}","{{Rows.Web1}}"]}""", 400,
            ["target-twice /excludedTargets/1", "instance-twice /excludedInstances/1"] },
        { """{"kind":"evacuate","hosts":["node1"],"excludedTargets":"node3","excludedInstances":["web1"],"options":{"ignoreDependencies":1}}""", 400,
            ["wrong-type /excludedTargets", "invalid-value /excludedInstances/0", "wrong-type /options/ignoreDependencies"] },
        { $$"""{"kind":"evacuate","hosts":["node1"],"instances":["{{Rows.Web1}}"],"targets":["node3"],"excludedTargets":["node3"],"excludedInstances":["{{Rows.Web1}}"]}""", 400,
            ["target-excluded /excludedTargets/0", "instance-excluded /excludedInstances/0"] },
        { """{"kind":"evacuate","hosts":["node1"],"excludedTargets":["node4"],"excludedInstances":["99999999-9999-4999-8999-999999999999"]}""", 422,
            ["unknown-target /excludedTargets/0", "unknown-instance /excludedInstances/0"] },
        { $$"""{"kind":"evacuate","hosts":["node1"],"excludedInstances":["{{Rows.Db1}}"]}""", 422, ["instance-elsewhere /excludedInstances/0"] },

        // A plan says it all.
        { """{"plan":"tonight"}""", 400, ["invalid-value /plan"] },
        { """{"plan":7,"kind":"evacuate","hosts":["node1"],"instances":[],"targets":[],"excludedTargets":[],"excludedInstances":[],"options":{"ignoreDependencies":true}}""", 400,
            ["not-with-plan /kind", "not-with-plan /hosts", "not-with-plan /instances", "not-with-plan /targets", "not-with-plan /excludedTargets", "not-with-plan /excludedInstances",
                "wrong-type /plan", "not-with-plan /options/ignoreDependencies"] },
        { """{"plan":"01980000-0000-7000-8000-000000000009","options":{"maxParallel":0}}""", 400, ["out-of-range /options/maxParallel", "unknown-plan /plan"] },
        { """{"plan":"01980000-0000-7000-8000-000000000009"}""", 422, ["unknown-plan /plan"] },

        { """{"plan":"01980000-0000-7000-8000-000000000009","options":{"evenIfAlive":true}}""", 400, ["not-with-plan /options/evenIfAlive", "unknown-plan /plan"] },

        // Who asks, and why.
        { """{"kind":"evacuate","hosts":["node1"],"who":7,"why":"two\nlines","options":{"evenIfAlive":"yes"}}""", 400,
            ["wrong-type /options/evenIfAlive", "wrong-type /who", "invalid-value /why"] },

        // What is not here.
        { """{"kind":"evacuate","hosts":["nod1"]}""", 422, ["unknown-host /hosts/0"] },
        { """{"kind":"evacuate","hosts":["node1"],"targets":["node4"]}""", 422, ["unknown-target /targets/0"] },
        { """{"kind":"evacuate","instances":["99999999-9999-4999-8999-999999999999"]}""", 422, ["unknown-instance /instances/0"] },
        { $$"""{"kind":"evacuate","hosts":["node3"],"instances":["{{Rows.Web1}}"]}""", 422, ["instance-elsewhere /instances/0"] },

        // What is not now.
        { """{"kind":"evacuate","hosts":["node2"]}""", 409, ["host-alive /hosts/0"] },
        { $$"""{"kind":"evacuate","instances":["{{Rows.Db1}}"]}""", 409, ["host-alive /instances/0"] },
        { """{"kind":"evacuate","hosts":["node9"]}""", 409, ["host-never-seen /hosts/0"] },
        { """{"kind":"evacuate","hosts":["node9"],"options":{"evenIfAlive":true}}""", 409, ["host-never-seen /hosts/0"] },

        // All of it together: the status is that of what has to be mended first.
        { """{"kind":"evacuate","hosts":["node2","nod1"]}""", 422, ["unknown-host /hosts/1", "host-alive /hosts/0"] },
        { """{"kind":"evacuate","hosts":["node2","nod1"],"options":{"maxParallel":0},"x":1}""", 400,
            ["out-of-range /options/maxParallel", "unknown-member /x", "unknown-host /hosts/1", "host-alive /hosts/0"] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Every_fault_of_a_body_is_named_at_once_and_nothing_is_written(string body, int status, string[] faults)
    {
        plane.Hear("node2");

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
    [InlineData("/options/route", """{"kind":"evacuate","hosts":["node1"],"options":{"route":"asisted"}}""", "Did you mean \"assisted\"?")]
    [InlineData("/options/route", """{"kind":"evacuate","hosts":["node1"],"options":{"route":"assisted"}}""", "Routes are for OpenStack clouds")]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["node2"]}""", "{\"kind\":\"drain\",\"hosts\":[\"node2\"]}")]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["node2"]}""", "heartbeat is 0")]
    [InlineData("/hosts/0", """{"kind":"evacuate","hosts":["node2"]}""", "\"options\":{\"evenIfAlive\":true}")]
    [InlineData("", "{\n \"kind\": evacuate}", "line 2, byte 10")]
    public async Task The_sentence_says_what_to_do(string pointer, string body, string expected)
    {
        plane.Hear("node2");

        var answer = await plane.PostAsync("/v1/recoveries", body);

        var message = answer.Json.GetProperty("errors").EnumerateArray()
            .Single(error => error.GetProperty("pointer").GetString() == pointer)
            .GetProperty("message").GetString();
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
