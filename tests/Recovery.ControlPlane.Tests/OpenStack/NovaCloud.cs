using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.OpenStack.Api;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>
/// The inventory of a real Zed's databases, four seconds after its nova-computes wrote that they live, and what executors
/// have told of it. Its APIs answer when a story says so.
/// </summary>
internal sealed class NovaCloud : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 30, 0, TimeSpan.Zero);

    public static readonly Guid Vm1 = Guid.Parse("e6244565-8886-45fb-a560-1b04a895daba");

    public const string Volume = "caa8c9ba-0a72-4108-83b2-1859432f1719";

    public const string Port = "761e7e6a-965c-4777-b205-577983785168";

    private readonly OpenStackApis apis;

    private NovaCloud(CloudDatabases databases, ReplayedCloud? services, Func<OpenStackOptions, OpenStackOptions> with)
    {
        (Databases, Services) = (databases, services);
        Options = with(databases.Options);
        if (services is not null)
        {
            Options = Options with
            {
                IdentityUrl = services.Options.IdentityUrl,
                Username = services.Options.Username,
                Project = services.Options.Project,
                PasswordFile = services.Options.PasswordFile,
                Region = services.Options.Region,
            };
        }

        var connections = new CloudConnections(Options);
        var reports = new ReportedClusterReader(Reports, Liveness);
        Instances = new InstanceFactsReader(connections);
        Targets = new TargetFactsReader(connections, new ReportedInitiatorNames(Reports), Time);
        apis = new OpenStackApis(Options, new HastyTime());
        Inventory = new NovaInventory(
            new CloudReader(connections, Time), reports, Instances, Targets,
            new CloudDefinitions(Reports, reports, connections, Time),
            new HostReadmission(connections, apis, new ForeignWriter(connections, Time), Time, NullLogger<HostReadmission>.Instance),
            apis, Options, Time);
    }

    public CloudDatabases Databases { get; }

    public ReplayedCloud? Services { get; }

    public OpenStackOptions Options { get; }

    /// <summary>What the executors told.</summary>
    public TemporaryDatabase Reports { get; } = new(onMariaDb: false);

    public LivenessBoard Liveness { get; } = new(TimeProvider.System);

    public TimeProvider Time { get; } = new StandingTime();

    public InstanceFactsReader Instances { get; }

    public TargetFactsReader Targets { get; }

    public NovaInventory Inventory { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="apisAnswer">All three of them; else none is configured.</param>
    public static async Task<NovaCloud> StartAsync(bool apisAnswer = false, Func<OpenStackOptions, OpenStackOptions>? with = null)
    {
        var databases = await CloudDatabases.StartAsync("before", Cancellation);
        var services = apisAnswer ? await ReplayedCloud.StartAsync() : null;
        if (services is not null)
        {
            services.Answer = asked => asked.Path.Contains("os-services", StringComparison.Ordinal) ? "services"
                : asked.Path.Contains("ports", StringComparison.Ordinal) ? "ports" : "attachments-old";
        }

        return new NovaCloud(databases, services, with ?? (options => options));
    }

    public static Move MoveOf(string name, Guid id, PowerIntent intent = PowerIntent.Run) => new(id, name, "node1", "node2", intent);

    /// <summary>vm-1 from node1 to node2.</summary>
    public static Plan PlanOf(PowerIntent intent = PowerIntent.Run) => new([MoveOf("vm-1", Vm1, intent)], []);

    public async Task<Guid> IdAsync(string name) =>
        Guid.Parse((string)Assert.Single(await Databases.QueryAsync("nova", $"SELECT uuid FROM instances WHERE display_name = '{name}'"))["uuid"]!);

    public async Task<KeptDefinition> DefinitionAsync() => (await Inventory.DefinitionsAsync([Vm1], Cancellation))[Vm1];

    /// <summary>The host's executor is heard, and has told its domains.</summary>
    public async Task TellAsync(string host, params DomainRow[] domains)
    {
        Liveness.Heard(host, "");
        var row = Some.Host(host);
        (row.CpuModel, row.Storages) = ("EPYC", [new StorageView("shared", "/var/lib/nova", 1000, 2000)]);
        await Reports.AddAsync([row, .. domains]);
    }

    public async ValueTask DisposeAsync()
    {
        apis.Dispose();
        Reports.Dispose();
        await Databases.DisposeAsync();
        if (Services is not null)
        {
            await Services.DisposeAsync();
        }
    }

    private sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
