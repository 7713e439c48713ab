namespace Recovery.OpenStack.Tests;

/// <summary>A hypervisor of a real OpenStack dies; its servers run again, exactly once, and OpenStack agrees.</summary>
public class RecoveryTests(Cloud cloud)
{
    [Fact]
    public async Task With_all_of_OpenStack_down_its_servers_run_again_and_OpenStack_adopts_them_when_it_is_back_and_so_does_the_host()
    {
        var servers = await cloud.NewServersAsync();
        var evacuation = new Evacuation(cloud, servers);
        var adoption = new Adoption(cloud);
        await cloud.Node1DiesAsync();
        await Cloud.StopOpenStackAsync();

        await cloud.AttestAsync();
        await evacuation.CarryOutAsync(await evacuation.PlanAsync("direct"));
        await evacuation.EachRunsOnceAsync();

        await cloud.StartOpenStackAsync("node2", "node3");
        await evacuation.NovaAgreesAsync();
        await evacuation.EachRunsOnceAsync();
        await adoption.PlacementIsRightAsync();
        await adoption.CanBeStoppedAndStartedAsync(servers["plain-1"]);
        await adoption.CanBeRebootedHardAsync(servers["from-volume"]);
        await adoption.CanLoseAndGetItsVolumeAsync(servers["orders"]);
        await adoption.RemembersTheEvacuationAsync(servers["orders"]);
        await adoption.CanBeDeletedAsync(servers["plain-2"]);
        await adoption.PlacementIsRightAsync();

        // What the dead host still has of them is stale: its own nova-compute ends it, and no disk goes with it.
        await cloud.Node1ReturnsAsync();
        await evacuation.Node1IsCleanAndUsableAsync();
        await adoption.CanBeRebootedHardAsync(servers["plain-1"]);
        await adoption.CanBeRebootedHardAsync(servers["orders"]);
        await adoption.PlacementIsRightAsync();
    }

    [Fact]
    public async Task With_OpenStack_alive_Nova_itself_starts_them_where_the_plan_says()
    {
        var servers = await cloud.NewServersAsync();
        var evacuation = new Evacuation(cloud, servers);
        var adoption = new Adoption(cloud);
        await cloud.Node1DiesAsync();

        await cloud.AttestAsync();
        await evacuation.CarryOutAsync(await evacuation.PlanAsync("assisted"));
        await evacuation.EachRunsOnceAsync();
        await evacuation.NovaAgreesAsync();
        await adoption.PlacementIsRightAsync();
        await adoption.CanLoseAndGetItsVolumeAsync(servers["orders"]);
        await adoption.CanBeDeletedAsync(servers["plain-2"]);

        await cloud.Node1ReturnsAsync();
        await evacuation.Node1IsCleanAndUsableAsync();
        await adoption.CanBeRebootedHardAsync(servers["plain-1"]);
        await adoption.PlacementIsRightAsync();
    }
}
