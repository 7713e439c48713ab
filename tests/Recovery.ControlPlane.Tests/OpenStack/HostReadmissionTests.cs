using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.OpenStack.Api;
using Recovery.ControlPlane.Tests.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>When Nova may use a host again that is back.</summary>
public sealed class HostReadmissionTests : IAsyncLifetime
{
    private static readonly string Ours = EvacuationStart.Reason(WritableCloud.Recovery);

    private readonly LogBook<HostReadmission> log = new();
    private WritableCloud cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Three evacuations from node1 are done, and its nova-compute has not started since.
    public async ValueTask InitializeAsync()
    {
        cloud = await WritableCloud.StartAsync("after-evacuation");
        await cloud.ExecuteAsync("nova", $"UPDATE services SET forced_down = 1, disabled = 1, disabled_reason = '{Ours}' WHERE host = 'node1'");
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Theory]
    [InlineData("", "3 evacuations from node1 are not completed: start nova-compute there")]
    [InlineData("WHERE id > 1", "1 evacuation from node1 is not completed: start nova-compute there")]
    public async Task Not_while_evacuations_from_it_are_open(string completed, string why)
    {
        await cloud.ExecuteAsync("nova", completed.Length == 0 ? "UPDATE migrations SET deleted = id" : $"UPDATE migrations SET status = 'completed' {completed}");

        Assert.StartsWith(why, await ReadmitAsync("node1"), StringComparison.Ordinal);
        Assert.Equal($"1 1 {Ours}", await ServiceAsync());
    }

    [Fact]
    public async Task In_the_database_where_there_is_no_API_and_twice_is_once()
    {
        await CompletedAsync();

        Assert.Null(await ReadmitAsync("node1"));
        Assert.Null(await ReadmitAsync("node1"));

        Assert.Equal("0 0 NULL", await ServiceAsync());
    }

    [Fact]
    public async Task Through_the_API_where_it_answers_the_force_first()
    {
        await CompletedAsync();
        await using var api = await ReplayedCloud.StartAsync();
        api.Answer = asked => asked.Method == "PUT" ? "service-enabled" : "services";
        api.Edit = DisabledByUs;

        Assert.Null(await ReadmitAsync("node1", api));

        Assert.Equal(
            ["""{"forced_down":false}""", """{"status":"enabled"}"""],
            api.Asked.Where(asked => asked.Method == "PUT").Select(asked => asked.Body!.ToJsonString()));
        Assert.Equal($"1 1 {Ours}", await ServiceAsync()); // Nova's own to write
    }

    [Fact]
    public async Task In_the_database_where_the_API_breaks()
    {
        await CompletedAsync();
        await using var api = await ReplayedCloud.StartAsync();
        api.Answer = asked => asked.Method == "PUT" ? null : "services";
        api.Edit = DisabledByUs;

        Assert.Null(await ReadmitAsync("node1", api));

        Assert.Equal("0 0 NULL", await ServiceAsync());
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("its API could not be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_else_disabled_stays_so_and_is_in_nobodys_way()
    {
        await CompletedAsync();
        await cloud.ExecuteAsync("nova", "UPDATE services SET disabled_reason = 'new disks on Monday' WHERE host = 'node1'");

        Assert.Null(await ReadmitAsync("node1"));

        Assert.Equal("1 1 new disks on Monday", await ServiceAsync());
        Assert.Contains("new disks on Monday", log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node2")]
    [InlineData("somebody-elses")]
    public async Task A_host_that_was_never_taken_out_needs_nothing(string host)
    {
        Assert.Null(await ReadmitAsync(host));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Where_nobody_answers_nobody_knows()
    {
        await CompletedAsync();
        cloud.ConnectionString = "Server=127.0.0.1;Port=1;User ID=x;Password=y";
        await Assert.ThrowsAsync<InventoryUnreachableException>(() => ReadmitAsync("node1"));

        await cloud.ExecuteAsync("mysql", "DROP DATABASE nova_api");
        var unread = await Assert.ThrowsAsync<InventoryUnreachableException>(() => ReadmitAsync("node1"));
        Assert.Contains("nova_api", unread.Message, StringComparison.Ordinal);
    }

    private static string DisabledByUs(string body)
    {
        var json = JsonNode.Parse(body)!;
        foreach (var service in json["services"]?.AsArray() ?? [])
        {
            (service!["status"], service["disabled_reason"], service["forced_down"]) = ("disabled", Ours, true);
        }

        return json.ToJsonString();
    }

    private Task CompletedAsync() => cloud.ExecuteAsync("nova", "UPDATE migrations SET status = 'completed'");

    private Task<string> ServiceAsync() => cloud.TellAsync(
        "nova", "SELECT forced_down, disabled, disabled_reason FROM services WHERE host = 'node1' AND `binary` = 'nova-compute'");

    private async Task<string?> ReadmitAsync(string host, ReplayedCloud? api = null)
    {
        OpenStackOptions options = (api?.Options ?? new OpenStackOptions()) with
        {
            ReaderConnectionStringFile = cloud.Databases.Options.ReaderConnectionStringFile,
        };
        using var apis = api?.Apis(options: options) ?? new OpenStackApis(options, TimeProvider.System);
        return await new HostReadmission(new CloudConnections(options), apis, cloud.Writer, TimeProvider.System, log).ReadmitAsync(host, Cancel);
    }
}
