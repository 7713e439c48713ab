using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Detection;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Executors;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Detection;

/// <summary>The whole of detection as it is registered, against executors behind real connections.</summary>
public class HostWatcherTests : IAsyncLifetime
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private readonly TemporaryDatabase database = new();
    private readonly LogBook<HostWatcher> log = new();
    private readonly LogBook<ReportReader> readerLog = new();
    private readonly ServiceProvider services;

    public HostWatcherTests() => services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<ILogger<HostWatcher>>(log)
        .AddSingleton<ILogger<ReportReader>>(readerLog)
        .AddSingleton(new RecoveryOptions())
        .AddSingleton<IDbContextFactory<RecoveryDbContext>>(database)
        .AddExecutors()
        .AddLibvirtInventory()
        .AddDetection()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LivenessBoard Liveness => services.GetRequiredService<LivenessBoard>();

    public async ValueTask InitializeAsync() => await Watcher().StartAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        await Watcher().StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Given_a_host_when_it_reports_then_it_is_up_and_its_domains_come_and_change_and_go()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        await database.AddAsync(Some.Host("node1", executor.Address));

        var report = Report("node1", Domain(Web));
        report.Boot = "boot-1";
        await say(new() { Report = report });
        await Until(() => HasAsync(Web, DomainState.Running));
        Assert.Equal("boot-1", await database.ReadAsync(each => each.Hosts.Select(row => row.Boot).SingleAsync(Cancel)));
        Assert.Equal(HostLiveness.Up, Liveness.Of("node1", true));

        await say(new() { DomainChanged = Domain(Web, Proto.DomainState.ShutOff) });
        await Until(() => HasAsync(Web, DomainState.ShutOff));

        await say(new() { DomainGone = new() { Uuid = Web.ToString() } });
        await Until(() => database.ReadAsync(async each => !await each.Instances.AnyAsync(Cancel)));
    }

    [Fact]
    public async Task Given_a_host_whose_libvirt_dies_when_its_heartbeat_says_so_then_it_is_alive_without_libvirt()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        await database.AddAsync(Some.Host("node1", executor.Address));
        await say(new() { Report = Report("node1") });

        await say(new() { Heartbeat = new() { LibvirtError = "connection refused" } });

        await Until(() => Task.FromResult(Liveness.Of("node1", true) == HostLiveness.LibvirtDown));
    }

    [Fact]
    public async Task Given_a_wrong_address_when_another_host_answers_there_then_nothing_of_it_is_believed_and_it_is_said_loudly()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Watch = async (stream, ended) =>
        {
            await stream.WriteAsync(new() { Report = Report("node2", Domain(Guid.NewGuid())) }, ended);
            await stream.WriteAsync(new() { Heartbeat = new() }, ended);
            await Task.Delay(Timeout.Infinite, ended);
        };
        await database.AddAsync(Some.Host("node1", executor.Address));
        await database.AddAsync(Some.Domain("node1", Web), Some.Instance(Web, "node1"));

        await Until(() => Task.FromResult(log.Lines.Any(line => line.Level == LogLevel.Error)));

        Assert.Contains("WRONG HOST", log.Text, StringComparison.Ordinal);
        Assert.Contains("node2", log.Text, StringComparison.Ordinal);
        Assert.Null(Liveness.LastHeard("node1"));
        Assert.Equal([Web], await database.ReadAsync(each => each.Domains.Select(row => row.Uuid).ToListAsync(Cancel)));
    }

    [Fact]
    public async Task Given_an_executor_that_has_not_said_who_it_is_when_it_sends_heartbeats_then_the_host_is_not_alive()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        await database.AddAsync(Some.Host("node1", executor.Address));

        await say(new() { Heartbeat = new() });
        await say(new() { DomainChanged = Domain(Web) });
        await Task.Delay(500, Cancel);

        Assert.Null(Liveness.LastHeard("node1"));
        Assert.False(await HasAsync(Web, DomainState.Running));
    }

    [Fact]
    public async Task Given_a_fence_proof_when_its_host_is_heard_then_the_proof_is_void_at_once()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        await database.AddAsync(
            Some.Host("node1", executor.Address),
            new FenceProofRow { Host = "node1", Kind = FenceProofKind.PowerOff, At = DateTimeOffset.UtcNow, Evidence = "off" });

        await say(new() { Report = Report("node1") });

        await Until(
            () => database.ReadAsync(each => each.FenceProofs.AnyAsync(row => row.VoidedAt != null, Cancel)), TimeSpan.FromSeconds(3));
        Assert.NotNull(await database.ReadAsync(each => each.Hosts.Select(row => row.LastHeardAt).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Given_a_fence_proof_that_is_given_while_the_host_is_heard_then_it_is_void_within_seconds()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Watch = async (stream, ended) =>
        {
            await stream.WriteAsync(new() { Report = Report("node1") }, ended);
            while (true)
            {
                await Task.Delay(200, ended);
                await stream.WriteAsync(new() { Heartbeat = new() }, ended);
            }
        };
        await database.AddAsync(Some.Host("node1", executor.Address));
        await Until(() => Task.FromResult(Liveness.LastHeard("node1") is not null));
        await Task.Delay(500, Cancel);

        await database.AddAsync(new FenceProofRow
        {
            Host = "node1",
            Kind = FenceProofKind.Attestation,
            At = DateTimeOffset.UtcNow,
            Evidence = "I pulled the cord",
        });

        await Until(() => database.ReadAsync(each => each.FenceProofs.AnyAsync(row => row.VoidedAt != null, Cancel)));
    }

    [Fact]
    public async Task Given_a_domain_that_is_malformed_when_it_is_reported_then_it_is_named_and_the_others_are_known_and_nothing_is_taken_for_gone()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        var broken = Domain(Guid.NewGuid());
        (broken.Uuid, broken.Name) = ("nonsense", "broken-one");
        var maybeTheBroken = Guid.NewGuid();
        await database.AddAsync(Some.Domain("node1", maybeTheBroken), Some.Instance(maybeTheBroken, "node1"));
        await database.AddAsync(Some.Host("node1", executor.Address));

        await say(new() { Report = Report("node1", broken, Domain(Web)) });
        await say(new() { DomainGone = new() { Uuid = "nonsense" } });
        await say(new() { DomainChanged = broken });
        await say(new() { DomainChanged = Domain(Web, Proto.DomainState.Paused) });

        await Until(() => HasAsync(Web, DomainState.Paused));
        Assert.True(await HasAsync(maybeTheBroken, DomainState.Running));
        Assert.Contains("broken-one", readerLog.Text, StringComparison.Ordinal);
        Assert.Equal(1, executor.Does.Watchers);
    }

    [Fact]
    public async Task Given_an_executor_that_is_restarted_then_it_is_heard_again_without_anybody_doing_anything()
    {
        var executor = await LoopbackExecutor.StartAsync();
        var say = Listen(executor);
        var port = new Uri(executor.Address).Port;
        await database.AddAsync(Some.Host("node1", executor.Address));
        await say(new() { Report = Report("node1", Domain(Web)) });
        await Until(() => HasAsync(Web, DomainState.Running));

        await executor.DisposeAsync();
        await using var back = await LoopbackExecutor.StartAsync(port);
        await Listen(back)(new() { Report = Report("node1", Domain(Web, Proto.DomainState.Crashed)) });

        await Until(() => HasAsync(Web, DomainState.Crashed));
    }

    [Fact]
    public async Task Given_an_executor_that_falls_silent_with_its_connection_open_then_it_is_dialled_again()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        var dialled = 0;
        executor.Does.Watch = async (stream, ended) =>
        {
            Interlocked.Increment(ref dialled);
            await stream.WriteAsync(new() { Report = Report("node1") }, ended);
            await Task.Delay(Timeout.Infinite, ended);
        };
        await database.AddAsync(Some.Host("node1", executor.Address));

        await Until(() => Task.FromResult(Volatile.Read(ref dialled) > 1), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Given_a_host_when_its_address_changes_or_it_is_deleted_then_the_old_one_is_no_longer_listened_to()
    {
        await using var first = await LoopbackExecutor.StartAsync();
        await using var second = await LoopbackExecutor.StartAsync();
        var say = Listen(second);
        await database.AddAsync(Some.Host("node1", first.Address));
        await Until(() => Task.FromResult(first.Does.Watchers == 1));

        await database.ReadAsync(each => each.Hosts.ExecuteUpdateAsync(row => row.SetProperty(host => host.Executor, second.Address), Cancel));
        await Until(() => Task.FromResult((first.Does.Watchers, second.Does.Watchers) == (0, 1)));
        await Task.Delay(1500, Cancel); // long enough to be dialled again
        Assert.Equal(0, first.Does.Watchers);

        await say(new() { Report = Report("node1") });
        await database.ReadAsync(each => each.Hosts.ExecuteDeleteAsync(Cancel));
        await Until(() => Task.FromResult(second.Does.Watchers == 0 && Liveness.LastHeard("node1") is null));
    }

    private static Proto.NodeReport Report(string host, params Proto.Domain[] domains) => new()
    {
        Host = host,
        ExecutorVersion = "1.0",
        MemoryMib = 4096,
        Vcpus = 4,
        Domains = { domains },
    };

    private static Proto.Domain Domain(Guid uuid, Proto.DomainState state = Proto.DomainState.Running) => new()
    {
        Uuid = uuid.ToString(),
        Name = "web",
        State = state,
        Persistent = true,
        Definition = "<domain/>",
        MemoryMib = 512,
        Vcpus = 1,
    };

    /// <summary>Waits for a watcher to come, then says things to whoever is there.</summary>
    private static Func<Proto.WatchEvent, Task> Listen(LoopbackExecutor executor)
    {
        var arrived = new TaskCompletionSource<IServerStreamWriter<Proto.WatchEvent>>(TaskCreationOptions.RunContinuationsAsynchronously);
        executor.Does.Watch = async (stream, ended) =>
        {
            arrived.TrySetResult(stream);
            await Task.Delay(Timeout.Infinite, ended);
        };
        return async said =>
        {
            said.At = Timestamp.FromDateTimeOffset(Some.Moment);
            await (await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).WriteAsync(said, Cancel);
        };
    }

    private static async Task Until(Func<Task<bool>> holds, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(12));
        while (!await holds())
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private HostWatcher Watcher() => services.GetServices<IHostedService>().OfType<HostWatcher>().Single();

    private Task<bool> HasAsync(Guid uuid, DomainState state) =>
        database.ReadAsync(each => each.Domains.AnyAsync(row => row.Uuid == uuid && row.State == state, Cancel));
}
