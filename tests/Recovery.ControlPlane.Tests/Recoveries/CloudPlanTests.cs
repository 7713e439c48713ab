using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>What a recovery in a cloud keeps of its plan: ports and a definition, where there are any.</summary>
public class CloudPlanTests
{
    private static readonly KeptDefinition Kept = new("<domain/>", [], "", DateTimeOffset.UtcNow);

    private static readonly NetworkPort Port = new(Guid.NewGuid(), PortKind.OpenVswitch, "br-int", "tap1", "fa:16:3e:00:00:01", 1500);

    [Fact]
    public async Task What_Nova_starts_needs_no_definition()
    {
        await using var bench = await InTheCloudAsync(RecoveryRoute.Assisted, kept: null);

        var row = await RecoveredAsync(bench);

        Assert.Equal((InstanceState.Recovered, ""), (row.State, row.Definition));
        Assert.Equal([StepAction.CheckDisks], bench.Dispatches.Select(step => step.Action));
        Assert.Equal(StepAction.StartByNova, bench.CarriedOut[^1].Action);
    }

    [Fact]
    public async Task Ports_that_are_known_with_the_definition_are_bound_and_plugged()
    {
        await using var bench = await InTheCloudAsync(RecoveryRoute.Direct, Kept with { Ports = [Port] });

        var row = await RecoveredAsync(bench);

        Assert.Equal([Port], row.Instance.Ports);
        Assert.Contains(StepAction.BindPorts, bench.CarriedOut.Select(step => step.Action));
        Assert.Equal([Port], Assert.Single(bench.Dispatches, step => step.Action == StepAction.PlugPorts).Instance.Ports);
    }

    [Fact]
    public async Task What_must_not_be_defined_is_not_kept_to_be_defined()
    {
        await using var bench = await InTheCloudAsync(RecoveryRoute.Assisted, Kept with { Refusals = ["It boots by UEFI."] });

        Assert.Equal("", (await RecoveredAsync(bench)).Definition);
    }

    [Theory]
    [InlineData(RecoveryRoute.Direct, true)]
    [InlineData(RecoveryRoute.Plain, false)]
    public async Task A_disk_that_QEMU_reaches_by_itself_is_attached_by_Cinder_all_the_same(RecoveryRoute route, bool moves)
    {
        await using var bench = await InTheCloudAsync(route, Kept);
        bench.Instances[0] = bench.Instances[0] with { Disks = [new Disk { Target = "vda", Network = "rbd:volumes/volume-1" }] };

        await RecoveredAsync(bench);

        Assert.Equal(moves, bench.CarriedOut.Any(step => step.Action == StepAction.MoveAttachments));
    }

    private static async Task<RecoveryInstanceRow> RecoveredAsync(Bench bench)
    {
        var recovery = await bench.AcceptAsync();
        await bench.StartAsync();
        await bench.UntilFinalAsync(recovery);
        await using var context = bench.CreateDbContext();
        return await context.RecoveryInstances.SingleAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Bench> InTheCloudAsync(RecoveryRoute route, KeptDefinition? kept)
    {
        var bench = new Bench("a") { Route = route, Prepare = Bench.Prepared, Keep = _ => kept };
        await bench.AttestAsync("node1");
        return bench;
    }
}
