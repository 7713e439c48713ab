using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>What was written is read again, also by a later release.</summary>
public class StoredRequestTests : IDisposable
{
    private readonly TemporaryDatabase database = new();

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task A_request_of_before_there_were_exclusions_excludes_nothing()
    {
        var id = await StoreAsync(new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], ["node2"], 8));
        await database.ReadAsync(context => context.Database.ExecuteSqlRawAsync(
            """UPDATE Recoveries SET Request = '{{"kind":"evacuate","hosts":["node1"],"instances":[],"targets":["node2"],"maxParallel":8}}'""",
            TestContext.Current.CancellationToken));

        var request = (await ReadAsync(id)).Request;

        Assert.Equal((RecoveryKind.Evacuate, 8, false), (request.Kind, request.MaxParallel, request.IgnoreDependencies));
        Assert.Equal(["node2"], request.Targets);
        Assert.Empty(request.ExcludedTargets);
        Assert.Empty(request.ExcludedInstances);
        Assert.Null(request.Route);
    }

    [Fact]
    public async Task What_is_left_out_reaches_the_planner_from_the_row()
    {
        var instance = Guid.NewGuid();
        var id = await StoreAsync(new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8)
        {
            ExcludedTargets = ["node3"],
            ExcludedInstances = [instance],
            IgnoreDependencies = true,
        });

        var planned = (await ReadAsync(id)).Request.ToPlanRequest([]);

        Assert.Equal(["node3"], planned.ExcludedTargets);
        Assert.Equal([instance], planned.ExcludedInstances);
        Assert.True(planned.IgnoreDependencies);
    }

    private async Task<Guid> StoreAsync(RecoveryRequest request)
    {
        var id = Guid.CreateVersion7();
        await database.AddAsync(new RecoveryRow { Id = id, Request = request, State = RecoveryState.Accepted, CreatedAt = DateTimeOffset.UnixEpoch });
        return id;
    }

    private Task<RecoveryRow> ReadAsync(Guid id) =>
        database.ReadAsync(context => context.Recoveries.SingleAsync(row => row.Id == id, TestContext.Current.CancellationToken));
}
