namespace Recovery.OpenStack.Tests;

/// <summary>
/// Nova's own evacuation and ours, of the same servers on the same machine in one run. Nova's needs all of OpenStack alive;
/// ours is measured so as well, and as the direct route is meant, with all of it down. Noted, not asserted.
/// </summary>
public class HasteTests(Cloud cloud)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private OpenStackApi Api => cloud.Api;

    [Fact]
    public async Task How_long_it_takes_beside_Novas_own_evacuation_of_the_same_servers()
    {
        var nova = await NovaAsync();
        var ours = await OursAsync(openStackIsDown: true);
        var beside = await OursAsync(openStackIsDown: false);
        Console.WriteLine($"OpenStack: 6 servers of a dead host, from the request until they run: Nova's own evacuate {nova.TotalSeconds:0.0} s, "
            + $"Recovery's direct route {ours.TotalSeconds:0.0} s: {nova / ours:0.0} times as fast "
            + $"(with OpenStack alive, so that Cinder and Neutron are asked, {beside.TotalSeconds:0.0} s: {nova / beside:0.0} times)");
    }

    private async Task<TimeSpan> NovaAsync()
    {
        var servers = Moved(await cloud.NewServersAsync());
        await cloud.Node1DiesAsync();
        await ForceDownAsync(true);

        var begin = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(servers.Select(server => Api.ActAsync(server, new() { ["evacuate"] = new { } }, Cancellation)));
        foreach (var server in servers)
        {
            await Api.UntilAsync(server, each => each.Host != "node1" && each.Status is "ACTIVE" or "SHUTOFF", TimeSpan.FromSeconds(300), Cancellation);
        }

        var taken = TimeProvider.System.GetElapsedTime(begin);
        await cloud.Node1ReturnsAsync();
        await Cloud.UntilAsync("Nova's rows of its evacuation are completed", async () =>
            (await Api.GetAsync($"{Api.Nova}/os-migrations?migration_type=evacuation&source_compute=node1", Cancellation))
                .GetProperty("migrations").EnumerateArray().All(row => row.GetProperty("status").GetString() is "completed" or "failed"));
        await ForceDownAsync(false);
        await cloud.ComputeIsUpAsync("node1");
        return taken;
    }

    private async Task<TimeSpan> OursAsync(bool openStackIsDown)
    {
        var evacuation = new Evacuation(cloud, await cloud.NewServersAsync());
        await cloud.Node1DiesAsync();
        if (openStackIsDown)
        {
            await Cloud.StopOpenStackAsync();
        }

        await cloud.AttestAsync();
        var plan = await evacuation.PlanAsync("direct", new { route = "direct" });

        var begin = TimeProvider.System.GetTimestamp();
        await evacuation.CarryOutAsync(plan);
        var taken = TimeProvider.System.GetElapsedTime(begin);
        await evacuation.EachRunsOnceAsync();
        if (openStackIsDown)
        {
            await cloud.StartOpenStackAsync("node2", "node3");
        }

        await cloud.Node1ReturnsAsync();
        await evacuation.Node1IsCleanAndUsableAsync();
        return taken;
    }

    private async Task ForceDownAsync(bool down)
    {
        var service = (await Api.ComputeServiceAsync("node1", Cancellation)).GetProperty("id").GetGuid();
        await Api.SendAsync(HttpMethod.Put, $"{Api.Nova}/os-services/{service}", new { forced_down = down }, Cancellation);
    }

    private static List<Guid> Moved(IReadOnlyDictionary<string, Guid> servers) =>
        [.. servers.Where(each => each.Key != "apart-2").Select(each => each.Value)];
}
