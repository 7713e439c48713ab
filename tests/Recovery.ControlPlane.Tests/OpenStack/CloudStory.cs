using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Steps;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.OpenStack.Api;
using Recovery.ControlPlane.Tests.OpenStack.Writing;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>One attempt to move vm-1 from node1 to node2, and its journal.</summary>
internal sealed class CloudStory : IAsyncDisposable, IInitiatorNames
{
    private readonly Dictionary<StepAction, string> writes = [];
    private readonly CloudSteps steps;
    private readonly OpenStackApis clients;

    private CloudStory(WritableCloud cloud, Guid instance, LivingApis? living)
    {
        (Cloud, Instance, Living) = (cloud, instance, living);
        var options = living?.Options ?? new OpenStackOptions();
        var time = new HastyTime();
        clients = new OpenStackApis(options, time);
        var connections = new CloudConnections(cloud.Databases.Options);
        var facts = new StepFacts(new InstanceFactsReader(connections), new TargetFactsReader(connections, this, TimeProvider.System));
        steps = new CloudSteps(
            facts,
            new AnsweringApis(clients, options, time),
            new RowSteps(facts, cloud.Writer, TimeProvider.System),
            new AttachmentSteps(facts, clients, cloud.Writer, TimeProvider.System),
            new PortSteps(clients),
            new ServerStart(clients),
            new BelongingBook(Own, new InventoryChanges(), TimeProvider.System));
    }

    public WritableCloud Cloud { get; }

    /// <summary>The cloud's APIs; null where there are none.</summary>
    public LivingApis? Living { get; }

    public TemporaryDatabase Own { get; } = new();

    public Guid Instance { get; }

    public RecoveryRoute Route { get; set; } = RecoveryRoute.Direct;

    public Dictionary<StepAction, IReadOnlyList<string>> Words { get; } = [];

    /// <summary>As the journal keeps them.</summary>
    public IReadOnlyDictionary<StepAction, string> Writes => writes;

    /// <param name="apis">Whether the cloud's APIs answer.</param>
    public static async Task<CloudStory> BeginAsync(bool apis = false)
    {
        var cloud = await WritableCloud.StartAsync();
        var instance = Guid.Parse(await cloud.TellAsync("nova", "SELECT uuid FROM instances WHERE display_name = 'vm-1'"));
        return new CloudStory(cloud, instance, apis ? await LivingApis.StartAsync(cloud, instance) : null);
    }

    public async ValueTask DisposeAsync()
    {
        clients.Dispose();
        if (Living is not null)
        {
            await Living.DisposeAsync();
        }

        Own.Dispose();
        await Cloud.DisposeAsync();
    }

    public Task<string> TellAsync(string database, string sql) => Cloud.TellAsync(database, sql);

    public async Task<InventoryAnswer> TakeAsync(StepAction action)
    {
        var prepared = await PrepareAsync(action);
        return prepared.Refusal ?? await RepeatAsync(action);
    }

    /// <summary>Also of a new try: what an earlier one wrote is in the journal.</summary>
    public async Task<PreparedStep> PrepareAsync(StepAction action)
    {
        if (Living is not null)
        {
            await Living.MirrorAsync();
        }

        var prepared = await steps.PrepareAsync(StepOf(action), TestContext.Current.CancellationToken);
        (writes[action], Words[action]) = (prepared.Writes, prepared.Words);
        return prepared;
    }

    public Task<InventoryAnswer> RepeatAsync(StepAction action) =>
        steps.CarryOutAsync(StepOf(action) with { Writes = writes[action] }, TestContext.Current.CancellationToken);

    Task<string> IInitiatorNames.OfAsync(string host, CancellationToken cancellationToken) => Task.FromResult($"iqn.2026-11.lab:{host}");

    private InventoryStep StepOf(StepAction action) => new()
    {
        Recovery = WritableCloud.Recovery,
        Instance = Instance,
        Name = "vm-1",
        Source = "node1",
        Target = "node2",
        Attempt = 1,
        Action = action,
        Intent = PowerIntent.Run,
        Route = Route,
        TimeLimit = TimeSpan.FromSeconds(60),
        EarlierWrites = writes.Where(each => each.Value.Length > 0).ToDictionary(),
    };
}
