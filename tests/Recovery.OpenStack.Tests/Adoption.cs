using System.Text.Json;

namespace Recovery.OpenStack.Tests;

/// <summary>That OpenStack really has what it says it has: it can do with the servers whatever it could do before.</summary>
internal sealed class Adoption(Cloud cloud)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private OpenStackApi Api => cloud.Api;

    public async Task CanBeStoppedAndStartedAsync(Guid server)
    {
        var starts = Cloud.Log(server).Starts;
        await Api.ActAsync(server, new() { ["os-stop"] = null }, Cancellation);
        await Api.UntilAsync(server, each => each.Status == "SHUTOFF", Patience, Cancellation);
        Assert.Empty(cloud.RunsOn(server));
        await Api.ActAsync(server, new() { ["os-start"] = null }, Cancellation);
        await RunsAgainAsync(server, starts);
    }

    public async Task CanBeRebootedHardAsync(Guid server)
    {
        var starts = Cloud.Log(server).Starts;
        await Api.ActAsync(server, new() { ["reboot"] = new { type = "HARD" } }, Cancellation);
        await RunsAgainAsync(server, starts);
    }

    /// <summary>The guest sees its volume go and come back.</summary>
    public async Task CanLoseAndGetItsVolumeAsync(Guid server)
    {
        var attachments = $"{Api.Nova}/servers/{server}/os-volume_attachments";
        var volume = (await Api.GetAsync(attachments, Cancellation)).GetProperty("volumeAttachments").EnumerateArray().Single()
            .GetProperty("volumeId").GetGuid();
        await Api.SendAsync(HttpMethod.Delete, $"{attachments}/{volume}", null, Cancellation);
        await Cloud.UntilAsync("the guest's volume is unplugged", () => Task.FromResult(Cloud.Log(server).Disks == "/dev/vda"));
        await Cloud.UntilAsync("Nova has detached it", async () =>
            (await Api.GetAsync(attachments, Cancellation)).GetProperty("volumeAttachments").GetArrayLength() == 0);
        await Api.SendAsync(HttpMethod.Post, attachments, new { volumeAttachment = new { volumeId = volume } }, Cancellation);
        await Cloud.UntilAsync("the guest sees its volume again", () => Task.FromResult(Cloud.Log(server).Disks == "/dev/vda /dev/vdb"));
    }

    public async Task CanBeDeletedAsync(Guid server)
    {
        await Api.SendAsync(HttpMethod.Delete, $"{Api.Nova}/servers/{server}", null, Cancellation);
        await Cloud.UntilAsync("the server is deleted", async () => (await Api.ServersAsync(Cancellation)).All(each => each.Id != server));
        Assert.Empty(cloud.RunsOn(server));
        foreach (var host in cloud.Lab.Hosts.Where(host => host.IsOn))
        {
            Assert.False(await Cloud.DefinesAsync(host, server));
        }
    }

    /// <summary>An owner who asks finds out what happened: `openstack server event list`.</summary>
    public async Task RemembersTheEvacuationAsync(Guid server)
    {
        var actions = (await Api.GetAsync($"{Api.Nova}/servers/{server}/os-instance-actions", Cancellation)).GetProperty("instanceActions");
        var evacuation = actions.EnumerateArray().Single(action => action.GetProperty("action").GetString() == "evacuate");
        var request = evacuation.GetProperty("request_id").GetString();
        var details = (await Api.GetAsync($"{Api.Nova}/servers/{server}/os-instance-actions/{request}", Cancellation)).GetProperty("instanceAction");
        Assert.All(details.GetProperty("events").EnumerateArray(), happened => Assert.Equal("Success", happened.GetProperty("result").GetString()));
    }

    /// <summary>Placement counts on every host what Nova has there, and no more; Nova's own checks find nothing to mend.</summary>
    public async Task PlacementIsRightAsync()
    {
        var servers = await Api.ServersAsync(Cancellation);
        var providers = (await Api.GetAsync($"{Api.Placement}/resource_providers", Cancellation)).GetProperty("resource_providers");
        foreach (var provider in providers.EnumerateArray())
        {
            var host = provider.GetProperty("name").GetString();
            var usages = (await Api.GetAsync($"{Api.Placement}/resource_providers/{provider.GetProperty("uuid").GetString()}/usages", Cancellation))
                .GetProperty("usages");
            var count = servers.Count(server => server.Host == host);
            Assert.Equal((host, count, 96 * count), (host, Used(usages, "VCPU"), Used(usages, "MEMORY_MB")));
        }

        // 4: nothing was to be healed.
        var heal = await Cloud.NovaManageAsync("placement", "heal_allocations", "--dry-run", "--verbose");
        Assert.True(heal.ExitCode == 4 && !heal.Output.Contains("[dry-run]", StringComparison.Ordinal), heal.Output + heal.Error);
        var audit = await Cloud.NovaManageAsync("placement", "audit", "--verbose");
        Assert.True(audit.ExitCode == 0, audit.Output + audit.Error);
    }

    private static int Used(JsonElement usages, string what) => usages.TryGetProperty(what, out var used) ? used.GetInt32() : 0;

    private async Task RunsAgainAsync(Guid server, int starts)
    {
        await Cloud.UntilAsync("the guest beats again", () => Task.FromResult(Cloud.Log(server) is { Beats: >= 2 } log && log.Starts == starts + 1));
        var now = await Api.UntilAsync(server, each => each.Status == "ACTIVE", Patience, Cancellation);
        Assert.Equal([now.Host], cloud.RunsOn(server));
    }
}
