using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Registering, changing and forgetting hosts; attesting that they are off.</summary>
public class HostTests : IAsyncLifetime
{
    private const string Body =
        """{"executor":"http://10.0.0.11:7071","failureDomain":"rack-4","fencing":[{"agent":"fence_ipmilan","options":{"ip":"10.0.1.11"},"secretOptions":{"password":"node1-bmc"},"timeoutSeconds":20}]}""";

    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await RunningControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_host_is_registered_then_replaced_and_keeps_what_it_reported()
    {
        var created = await plane.PutAsync("/v1/hosts/node1", Body);
        await plane.SeedAsync(database => database.Hosts.Single().MemoryMib = 4096);
        var replaced = await plane.PutAsync("/v1/hosts/node1", """{"executor":"https://node1.example:7072"}""");

        Assert.Equal((HttpStatusCode.Created, "/v1/hosts/node1"), (created.Status, created.Location));
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        var host = (await plane.GetAsync("/v1/hosts/node1")).Json;
        Assert.Equal("https://node1.example:7072", host.GetProperty("executor").GetString());
        Assert.Equal(4096, host.GetProperty("memoryMib").GetInt64());
        Assert.Equal(0, host.GetProperty("fencing").GetArrayLength());
        Assert.Equal("neverSeen", host.GetProperty("liveness").GetString());
    }

    [Fact]
    public async Task What_it_is_and_how_full_it_may_become_reaches_the_planner_and_is_gone_when_no_longer_said()
    {
        await plane.PutAsync("/v1/hosts/node1",
            """{"executor":"http://10.0.0.11:7071","zone":"east","aggregates":["gold"],"traits":["ssd","HW_CPU_X86_AVX2"],"spare":true,"limits":{"memoryOvercommit":1.5,"reservedVcpus":2}}""");

        var shown = (await plane.GetAsync("/v1/hosts/node1")).Json;
        Assert.Equal("east", shown.GetProperty("zone").GetString());
        Assert.Equal("""{"memoryOvercommit":1.5,"reservedVcpus":2}""", shown.GetProperty("limits").GetRawText());
        var host = await HostAsync();
        Assert.Equal(("east", true), (host.Zone, host.Spare));
        Assert.Equal(["gold"], host.Aggregates);
        Assert.Equal(["HW_CPU_X86_AVX2", "ssd"], host.Traits.Order(StringComparer.Ordinal));
        Assert.Equal(new HostLimits(MemoryOvercommit: 1.5, ReservedVcpus: 2), host.Limits);

        await plane.PutAsync("/v1/hosts/node1", """{"executor":"http://10.0.0.11:7071"}""");
        host = await HostAsync();
        Assert.Equal(("", false, HostLimits.AsConfigured), (host.Zone, host.Spare, host.Limits));

        async Task<Recovery.Core.Inventory.Host> HostAsync() =>
            (await plane.Services.GetRequiredService<IInventory>().SnapshotAsync(null, TestContext.Current.CancellationToken)).Hosts.Single();
    }

    [Fact]
    public async Task Fencing_is_stored_and_shown_with_the_names_of_secrets_and_never_the_secrets()
    {
        var answer = await plane.PutAsync("/v1/hosts/node1", Body);

        var level = answer.Json.GetProperty("fencing")[0];
        Assert.Equal("fence_ipmilan", level.GetProperty("agent").GetString());
        Assert.Equal("node1-bmc", level.GetProperty("secretOptions").GetProperty("password").GetString());
        Assert.Equal(20, level.GetProperty("timeoutSeconds").GetInt32());
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_may_come_from_the_environment_and_a_level_may_be_tried_more_often()
    {
        Environment.SetEnvironmentVariable("RECOVERY_SECRET_HOST_TESTS", "hunter2");

        var answer = await plane.PutAsync("/v1/hosts/node1",
            """{"executor":"http://10.0.0.11:7071","fencing":[{"agent":"fence_ipmilan","secretOptions":{"password":"env:RECOVERY_SECRET_HOST_TESTS"},"tries":5},{"agent":"fence_ipmilan"}]}""");

        var levels = answer.Json.GetProperty("fencing");
        Assert.Equal("env:RECOVERY_SECRET_HOST_TESTS", levels[0].GetProperty("secretOptions").GetProperty("password").GetString());
        Assert.Equal((5, 2), (levels[0].GetProperty("tries").GetInt32(), levels[1].GetProperty("tries").GetInt32()));
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, string[]> Bodies => new()
    {
        { "node1", "", 400, ["empty-body "] },
        { "node1", "{}", 400, ["missing-member /executor"] },
        { "-node1", """{"executor":"http://n:1"}""", 400, ["invalid-parameter name"] },
        { "node_1", "{", 400, ["invalid-parameter name", "malformed-json "] },
        { "node1", """{"executor":"10.0.0.11:7071"}""", 400, ["invalid-value /executor"] },
        { "node1", """{"executor":"http://10.0.0.11"}""", 400, ["invalid-value /executor"] },
        { "node1", """{"executor":"http://10.0.0.11:7071/x"}""", 400, ["invalid-value /executor"] },
        { "node1", """{"executor":"http://a:b@10.0.0.11:7071"}""", 400, ["invalid-value /executor"] },
        { "node1", """{"executor":"ftp://10.0.0.11:7071"}""", 400, ["invalid-value /executor"] },
        { "node1", """{"executor":"http://n:1","failuredomain":"r"}""", 400, ["unknown-member /failuredomain"] },
        { "node1", """{"executor":"http://n:1","zone":1,"aggregates":["gold","gold","a b",7],"traits":"ssd","spare":"yes"}""", 400,
            ["wrong-type /zone", "wrong-type /aggregates/3", "label-twice /aggregates/1", "invalid-value /aggregates/2", "wrong-type /traits", "wrong-type /spare"] },
        { "node1", """{"executor":"http://n:1","limits":{"memoryOvercommit":0,"reservedMemoryMib":-1,"vcpuOvercommit":1001,"reservedVcpus":1.5,"diskOvercommit":"2","reservedDiskMib":1e30,"ram":1}}""", 400,
            ["out-of-range /limits/memoryOvercommit", "out-of-range /limits/reservedMemoryMib", "out-of-range /limits/vcpuOvercommit", "out-of-range /limits/reservedVcpus",
                "wrong-type /limits/diskOvercommit", "out-of-range /limits/reservedDiskMib", "unknown-member /limits/ram"] },
        { "node1", """{"executor":"http://n:1","fencing":[{}]}""", 400, ["missing-member /fencing/0/agent"] },
        { "node1", """{"executor":"http://n:1","fencing":["fence_ipmilan"]}""", 400, ["wrong-type /fencing/0"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"/bin/sh"}]}""", 400, ["invalid-value /fencing/0/agent"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_../x"}]}""", 400, ["invalid-value /fencing/0/agent"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilam"}]}""", 422, ["unknown-agent /fencing/0/agent"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","options":{"password":"hunter2","Passwd":"hunter2","snmp_priv_passwd":"hunter2","community":"hunter2","api_key":"hunter2"}}]}""", 400,
            ["secret-in-options /fencing/0/options/password", "secret-in-options /fencing/0/options/Passwd", "secret-in-options /fencing/0/options/snmp_priv_passwd", "secret-in-options /fencing/0/options/community", "secret-in-options /fencing/0/options/api_key"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","options":{"action":"on","debug_file":"hunter2","ipmitool_path":"hunter2","passwd_script":"hunter2"}}]}""", 400,
            ["reserved-option /fencing/0/options/action", "reserved-option /fencing/0/options/debug_file", "reserved-option /fencing/0/options/ipmitool_path", "reserved-option /fencing/0/options/passwd_script"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","options":{"ip":5,"a b":"x","port":"1\naction=on"}}]}""", 400,
            ["wrong-type /fencing/0/options/ip", "invalid-value /fencing/0/options/a b", "invalid-value /fencing/0/options/port"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","secretOptions":{"password":"../hunter2"}}]}""", 400, ["invalid-value /fencing/0/secretOptions/password"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","secretOptions":{"password":"hunter2"}}]}""", 422, ["unknown-secret-file /fencing/0/secretOptions/password"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","options":{"login":"x"},"secretOptions":{"login":"node1-bmc"}}]}""", 400, ["duplicate-member /fencing/0/secretOptions/login"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","timeoutSeconds":0}]}""", 400, ["out-of-range /fencing/0/timeoutSeconds"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","tries":0},{"agent":"fence_ipmilan","tries":11},{"agent":"fence_ipmilan","tries":"2"}]}""", 400,
            ["out-of-range /fencing/0/tries", "out-of-range /fencing/1/tries", "wrong-type /fencing/2/tries"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","secretOptions":{"password":"env:PATH","passwd":"env:hunter2","token":"env:RECOVERY_SECRET_","key":"ENV:RECOVERY_SECRET_X"}}]}""", 400,
            ["invalid-value /fencing/0/secretOptions/password", "invalid-value /fencing/0/secretOptions/passwd", "invalid-value /fencing/0/secretOptions/token", "invalid-value /fencing/0/secretOptions/key"] },
        { "node1", """{"executor":"http://n:1","fencing":[{"agent":"fence_ipmilan","secretOptions":{"password":"env:RECOVERY_SECRET_hunter2"}}]}""", 422, ["unknown-secret-variable /fencing/0/secretOptions/password"] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Every_fault_is_named_and_no_secret_is_repeated(string name, string body, int status, string[] faults)
    {
        var answer = await plane.PutAsync($"/v1/hosts/{name}", body);

        Assert.Equal(faults, answer.Faults);
        Assert.Equal(status, (int)answer.Status);
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.Hosts);
    }

    [Fact]
    public async Task Two_hosts_have_neither_one_executor_nor_one_name_but_for_capitals()
    {
        await plane.PutAsync("/v1/hosts/node1", Body);

        var answer = await plane.PutAsync("/v1/hosts/NODE1", Body);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(["host-name-taken name", "executor-taken /executor"], answer.Faults);
    }

    [Fact]
    public async Task A_host_that_is_needed_is_not_forgotten_and_what_needs_it_is_named()
    {
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2");
        var recovery = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");
        await plane.SeedAsync(database => database.RecoveryInstances.Add(
            Rows.Instance(database.Recoveries.Single().Id, Rows.Web1, "web1", InstanceState.Recovering)));

        var source = await plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node1", null);
        var target = await plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node2", null);

        Assert.Equal(["host-in-use name", "host-in-use name"], source.Faults);
        Assert.Contains("2 instances belong to node1: web1, web2", source.Body, StringComparison.Ordinal);
        Assert.Contains(recovery.Location!, source.Body, StringComparison.Ordinal);
        Assert.Equal(["host-in-use name"], target.Faults);
        Assert.Equal(HttpStatusCode.Conflict, target.Status);
    }

    [Fact]
    public async Task A_host_that_nothing_needs_is_forgotten()
    {
        await plane.SeedHostAsync("node1");
        await plane.SeedAsync(database => database.Recoveries.Add(
            Rows.Recovery(Guid.CreateVersion7(), RecoveryState.Completed, plane.Time.GetUtcNow(), "node1")));

        var answer = await plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node1", null);

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(["no-such-host name"], (await plane.GetAsync("/v1/hosts/node1")).Faults);
        Assert.Equal(HttpStatusCode.NotFound, (await plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node1", null)).Status);
    }

    [Fact]
    public async Task Maintenance_is_set_with_a_reason_and_ended_without()
    {
        await plane.SeedHostAsync("node1");

        var unexplained = await plane.PutAsync("/v1/hosts/node1/maintenance", """{"enabled":true}""");
        var begun = await plane.PutAsync("/v1/hosts/node1/maintenance", """{"enabled":true,"reason":"new power supply"}""");
        var ended = await plane.PutAsync("/v1/hosts/node1/maintenance", """{"enabled":false}""");

        Assert.Equal(["missing-member /reason"], unexplained.Faults);
        Assert.Equal((true, "new power supply"), (begun.Json.GetProperty("maintenance").GetBoolean(), begun.Json.GetProperty("maintenanceReason").GetString()));
        Assert.Equal((false, ""), (ended.Json.GetProperty("maintenance").GetBoolean(), ended.Json.GetProperty("maintenanceReason").GetString()));
    }

    [Fact]
    public async Task An_attestation_is_a_proof_until_it_expires()
    {
        await plane.SeedHostAsync("node1");

        var given = await plane.PostAsync("/v1/hosts/node1/attestations", """{"who":"Ada Park","reason":"unplugged it","expiresInMinutes":10}""");
        var valid = await plane.GetAsync(given.Location!);
        plane.Time.Pass(TimeSpan.FromMinutes(11));
        var expired = await plane.GetAsync(given.Location!);

        Assert.Equal(HttpStatusCode.Created, given.Status);
        Assert.Equal("attestation", given.Json.GetProperty("kind").GetString());
        Assert.Equal("Attested by Ada Park: unplugged it", given.Json.GetProperty("evidence").GetString());
        Assert.True(valid.Json.GetProperty("valid").GetBoolean());
        Assert.False(expired.Json.GetProperty("valid").GetBoolean());
        await using var database = await plane.OpenAsync();
        Assert.Equal(("Ada Park", FenceProofKind.Attestation), (database.FenceProofs.Single().By, database.FenceProofs.Single().Kind));
    }

    [Theory]
    [InlineData("")]
    [InlineData("libvirtd does not answer")]
    public async Task A_host_that_is_heard_can_not_be_attested_off(string libvirtError)
    {
        await plane.SeedHostAsync("node1");
        plane.Hear("node1", libvirtError);

        var answer = await plane.PostAsync("/v1/hosts/node1/attestations", """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""");

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("its executor's last heartbeat is ", answer.Messages.Single(), StringComparison.Ordinal);
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.FenceProofs);
    }

    [Fact]
    public async Task A_host_that_is_heard_again_ends_its_proof()
    {
        await plane.SeedHostAsync("node1");
        var given = await plane.PostAsync("/v1/hosts/node1/attestations", """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""");
        plane.Time.Pass(TimeSpan.FromSeconds(1));
        plane.Hear("node1");

        Assert.False((await plane.GetAsync(given.Location!)).Json.GetProperty("valid").GetBoolean());
    }

    [Theory]
    [InlineData("""{"who":"Ada","reason":"off"}""", "invalid-value /expiresInMinutes")]
    [InlineData("""{"who":"Ada","reason":"off","expiresInMinutes":5,"expiresAt":"2999-01-01T00:00:00Z"}""", "out-of-range /expiresAt,invalid-value /expiresInMinutes")]
    [InlineData("""{"who":" ","reason":"two\nlines","expiresInMinutes":1441}""", "invalid-value /who,invalid-value /reason,out-of-range /expiresInMinutes")]
    [InlineData("""{"who":"Ada","reason":"off","expiresAt":"tomorrow"}""", "invalid-value /expiresAt")]
    [InlineData("""{"who":"Ada","reason":"off","expiresAt":"2001-01-01T00:00:00Z"}""", "out-of-range /expiresAt")]
    public async Task An_attestation_says_who_why_and_until_when(string body, string faults)
    {
        await plane.SeedHostAsync("node1");

        var answer = await plane.PostAsync("/v1/hosts/node1/attestations", body);

        Assert.Equal(faults.Split(','), answer.Faults);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Proofs_are_listed_newest_first_and_attestations_alone()
    {
        await plane.SeedHostAsync("node1");
        await plane.SeedAsync(database => database.FenceProofs.Add(new FenceProofRow
        {
            Host = "node1",
            Kind = FenceProofKind.PowerOff,
            At = plane.Time.GetUtcNow(),
            Evidence = "fence_ipmilan: off",
        }));
        await plane.PostAsync("/v1/hosts/node1/attestations", """{"who":"Ada","reason":"unplugged","expiresInMinutes":10}""");

        var page = (await plane.GetAsync("/v1/hosts/node1/proofs?limit=1")).Json;
        var rest = (await plane.GetAsync($"/v1/hosts/node1/proofs?cursor={page.GetProperty("nextCursor").GetString()}")).Json;
        var attestations = (await plane.GetAsync("/v1/hosts/node1/attestations")).Json;

        Assert.Equal("attestation", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal("powerOff", Assert.Single(rest.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal("Ada", Assert.Single(attestations.GetProperty("items").EnumerateArray()).GetProperty("by").GetString());
    }
}
