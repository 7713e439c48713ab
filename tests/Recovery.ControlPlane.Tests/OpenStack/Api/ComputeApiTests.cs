using System.Net;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Tests.OpenStack.Api;

/// <summary>Nova and Neutron, by what a real Zed answered.</summary>
public sealed class ComputeApiTests : IAsyncLifetime
{
    private static readonly Guid Server = Guid.Parse(ReplayedCloud.Server);
    private static readonly Guid Port = Guid.Parse(ReplayedCloud.Port);

    private ReplayedCloud cloud = null!;
    private OpenStackApis apis = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await ReplayedCloud.StartAsync();
        apis = cloud.Apis();
    }

    public async ValueTask DisposeAsync()
    {
        apis.Dispose();
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task Given_a_service_when_it_is_forced_down_then_it_is_addressed_by_its_uuid()
    {
        cloud.Answer = asked => asked.Method == "PUT" ? "service-enabled" : "services";
        var service = (await apis.Compute.ServicesAsync(Cancel)).Single(each => each.Host == "node3");
        Assert.True(service is { Up: true, Disabled: false, ForcedDown: false });

        await apis.Compute.ForceDownAsync(service.Id, down: true, Cancel);
        await apis.Compute.DisableAsync(service.Id, "fenced", Cancel);
        await apis.Compute.EnableAsync(service.Id, Cancel);

        Assert.All(cloud.Lines.Skip(1), line => Assert.Equal($"PUT /v2.1/os-services/{service.Id}", line));
        Assert.Equal(
            ["""{"forced_down":true}""", """{"status":"disabled","disabled_reason":"fenced"}""", """{"status":"enabled"}"""],
            cloud.Asked.TakeLast(3).Select(asked => asked.Body!.ToJsonString()));
    }

    [Fact]
    public async Task Given_a_stopped_server_when_it_is_started_then_it_is_waited_for_until_it_is_active()
    {
        var looks = new Queue<string>(["server-powering-on", "server-powering-on", "server-active"]);
        cloud.Answer = asked => asked.Method == "POST" ? "start-accepted" : looks.Dequeue();

        await apis.Compute.StartAsync(Server, Cancel);
        var server = await apis.Compute.AwaitActiveAsync(Server, TimeSpan.FromSeconds(60), Cancel);

        Assert.Equal(("api-test", "ACTIVE", "node3"), (server.Name, server.Status, server.Host));
        Assert.Equal("""{"os-start":null}""", cloud.Asked.Single(asked => asked.Path.EndsWith("/action", StringComparison.Ordinal)).Body!.ToJsonString());
    }

    [Fact]
    public async Task Given_a_server_that_goes_to_error_then_novas_own_words_are_repeated()
    {
        cloud.Answer = _ => "server-error";

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.AwaitActiveAsync(Server, TimeSpan.FromSeconds(60), Cancel));

        Assert.False(failure.RetryCanHelp);
        Assert.Contains("Nova put server api-test-error into ERROR", failure.Message, StringComparison.Ordinal);
        Assert.Contains("did not finish being created", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_start_that_nova_compute_gave_up_then_nobody_waits_for_it()
    {
        cloud.Answer = _ => "server-shutoff";

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.AwaitActiveAsync(Server, TimeSpan.FromSeconds(60), Cancel));

        Assert.Contains("gave the start of server api-test on node3 up", failure.Message, StringComparison.Ordinal);
        Assert.Single(cloud.Lines);
    }

    [Fact]
    public async Task Given_a_server_that_starts_for_ever_then_the_wait_ends_and_says_in_which_task_it_is()
    {
        cloud.Answer = _ => "server-powering-on";

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.AwaitActiveAsync(Server, TimeSpan.FromSeconds(5), Cancel));

        Assert.True(failure.RetryCanHelp);
        Assert.Contains("is SHUTOFF after 5 s on node3, in task powering-on", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_refusal_then_its_status_and_novas_words_are_kept_and_no_retry_is_promised()
    {
        cloud.Answer = asked => asked.Method == "POST" ? "start-active-conflict" : "server-missing";

        var conflict = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.StartAsync(Server, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, false), (conflict.Status!.Value, conflict.RetryCanHelp));
        Assert.Contains("while it is in vm_state active", conflict.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.ServerAsync(Server, Cancel));
        Assert.Equal((HttpStatusCode.NotFound, false), (missing.Status!.Value, missing.RetryCanHelp));
    }

    [Fact]
    public async Task Given_a_port_when_it_is_bound_to_the_target_then_neutron_tells_how_it_is_plugged_there()
    {
        cloud.Answer = asked => asked.Method == "PUT" ? "port-bound" : "port";
        Assert.Equal("node3", (await apis.Network.PortAsync(Port, Cancel)).Host);

        var bound = await apis.Network.BindAsync(Port, "node2", "nova", Cancel);

        Assert.Equal(("node2", "bridge"), (bound.Host, bound.VifType));
        Assert.False((bool)bound.VifDetails["port_filter"]!);
        Assert.Equal(
            """{"port":{"binding:host_id":"node2","device_owner":"compute:nova"}}""", cloud.Asked.Last().Body!.ToJsonString());
        Assert.False(cloud.Asked.Last().Headers.ContainsKey("OpenStack-API-Version"));
    }

    [Fact]
    public async Task Given_no_agent_on_the_target_when_the_binding_fails_then_that_is_no_success()
    {
        cloud.Answer = _ => "port-bound";
        cloud.Edit = text => text.Replace("\"binding:vif_type\":\"bridge\"", "\"binding:vif_type\":\"binding_failed\"", StringComparison.Ordinal);

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Network.BindAsync(Port, "node2", "nova", Cancel));

        Assert.True(failure.RetryCanHelp);
        Assert.Contains($"could not bind port {Port} to node2 (binding_failed)", failure.Message, StringComparison.Ordinal);
    }
}
