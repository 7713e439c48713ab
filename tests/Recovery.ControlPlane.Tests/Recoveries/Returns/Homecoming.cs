using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries.Returns;

/// <summary>
/// The real watch, runner, acceptance and inventory of a libvirt cluster on a real SQLite file; executors do what the
/// story tells them. node1 goes and comes back, node2 stays.
/// </summary>
internal sealed class Homecoming : IStepDispatcher, IFencing, IAsyncDisposable
{
    public static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private readonly TemporaryDatabase database = new();
    private readonly ServiceProvider services;
    private readonly List<string> sent = [];
    private readonly RecoveryRunner runner;

    private Homecoming()
    {
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IDbContextFactory<RecoveryDbContext>>(database)
            .AddRecoveryOptions(new RecoveryOptions { Runner = new RunnerOptions { Replica = "one", LeaseSeconds = 600, MaxParallel = 1 } })
            .AddLibvirtInventory()
            .AddSingleton<IStepDispatcher>(this)
            .AddSingleton<IFencing>(this)
            .AddSingleton<IDefinitionPreview>(new Targets())
            .AddRunner()
            .AddAcceptance()
            .BuildServiceProvider();
        runner = services.GetServices<IHostedService>().OfType<RecoveryRunner>().Single();
    }

    public StoryTime Time { get; } = new();

    /// <summary>What an executor answers; it obeys unless a story changes it.</summary>
    public Func<StepDispatch, StepReply> Answer { get; set; } = _ => Bench.Done;

    /// <summary>"web UndefineStale node1", in order.</summary>
    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (sent)
            {
                return [.. sent];
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LivenessBoard Liveness => services.GetRequiredService<LivenessBoard>();

    /// <summary>node1 and node2 are up; node1 has run these since boot-1.</summary>
    public static async Task<Homecoming> BeginAsync(params DomainRow[] domains)
    {
        var story = new Homecoming();
        await story.database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        await story.runner.StartAsync(Cancel);
        await story.ReportAsync("node1", "boot-1", domains);
        await story.ReportAsync("node2", "boot-1");
        story.Time.Pass(TimeSpan.FromMinutes(1));
        story.Hear("node1", "node2");
        await story.LookAsync();
        return story;
    }

    public static DomainRow Guest(DomainState state = DomainState.Running, bool autostart = true, string host = "node1", Guid? id = null, string name = "web")
    {
        var domain = Some.Domain(host, id ?? Web, state, name);
        domain.Autostart = autostart;
        domain.Disks = [];
        return domain;
    }

    /// <summary>As a host that has just started reports it: off, and it can't tell why.</summary>
    public static DomainRow Off(Guid? id = null, string name = "web", bool autostart = true)
    {
        var domain = Guest(DomainState.ShutOff, autostart, "node1", id, name);
        domain.WhyOffIsForgotten = true;
        return domain;
    }

    public void Hear(params string[] hosts) => Array.ForEach(hosts, host => Liveness.Heard(host, ""));

    public Task ReportAsync(string host, string boot, params DomainRow[] domains)
    {
        Hear(host);
        return services.GetRequiredService<ReportRecorder>()
            .RecordAsync(Some.Report(host, domains) with { Boot = boot, At = Time.GetUtcNow() }, Cancel);
    }

    /// <summary>node1 falls, is proven off, and its guests are brought up on node2.</summary>
    public async Task<RecoveryRow> Node1IsEvacuatedAsync()
    {
        Time.Pass(TimeSpan.FromMinutes(1));
        Hear("node2");
        await AttestAsync("node1");
        var recovery = await EndAsync(await AcceptAsync(RecoveryKind.Evacuate));
        Assert.Equal(RecoveryState.Completed, recovery.State);
        var recovered = await ReadAsync(each => each.Domains.Where(row => row.Host == "node2").ToListAsync(Cancel));
        await ReportAsync("node2", "boot-1", [.. recovered]);
        lock (sent)
        {
            sent.Clear();
        }

        Time.Pass(TimeSpan.FromMinutes(1));
        Hear("node2");
        return recovery;
    }

    public Task AttestAsync(string host) => database.AddAsync(new FenceProofRow
    {
        Host = host,
        Kind = FenceProofKind.Attestation,
        At = Time.GetUtcNow(),
        Evidence = "Ada pulled the cord.",
        By = "Ada",
    });

    public async Task<Guid> AcceptAsync(RecoveryKind kind, params Guid[] instances) =>
        Assert.IsType<AcceptanceOutcome.Accepted>(await AskAsync(kind, instances)).Id;

    public Task<AcceptanceOutcome> AskAsync(RecoveryKind kind, params Guid[] instances) =>
        services.GetRequiredService<Acceptance>().AcceptAsync(
            new AskedRecovery
            {
                Kind = kind,
                Hosts = [new("node1", "/hosts/0")],
                Instances = [.. instances.Select((id, index) => new Named<Guid>(id, $"/instances/{index}"))],
            },
            null, Cancel);

    public Task<bool> CancelAsync(Guid recovery) => ReadAsync(async each =>
        await each.Recoveries.Where(row => row.Id == recovery)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.Cancel, CancelMode.Finish), Cancel) == 1);

    public Task<IReadOnlyList<Fault>> RetryAsync(Guid recovery, Guid instance) =>
        services.GetRequiredService<Retry>().RetryAsync(recovery, instance, new("Ada", "I look again."), Cancel);

    /// <summary>A replica's watch looks once; each has a memory of its own.</summary>
    public async Task LookAsync()
    {
        using var watch = ActivatorUtilities.CreateInstance<ReturnWatch>(services);
        await watch.LookAsync(Cancel);
    }

    public Task<HostRow> HostAsync(string name) => ReadAsync(each => each.Hosts.AsNoTracking().SingleAsync(row => row.Name == name, Cancel));

    /// <summary>Recoveries of kind resume, oldest first.</summary>
    public async Task<List<RecoveryRow>> ResumesAsync() =>
        (await ReadAsync(each => each.Recoveries.AsNoTracking().Include(row => row.Instances).OrderBy(row => row.Id).ToListAsync(Cancel)))
            .FindAll(row => row.Request.Kind == RecoveryKind.Resume);

    /// <summary>The only resume there is, when it has ended.</summary>
    public async Task<RecoveryRow> ResumedAsync() => await EndAsync(Assert.Single(await ResumesAsync()).Id);

    public Task<List<string>> AuditAsync() => ReadAsync(each => each.Audit.OrderBy(row => row.Id).Select(row => $"{row.Who} {row.Action} {row.Host}").ToListAsync(Cancel));

    public Task<List<string>> EventsAsync(Guid recovery) => ReadAsync(each => each.Events
        .Where(row => row.RecoveryId == recovery).OrderBy(row => row.Id).Select(row => row.Message).ToListAsync(Cancel));

    public Task<T> ReadAsync<T>(Func<RecoveryDbContext, Task<T>> read) => database.ReadAsync(read);

    public Task AddAsync(params object[] rows) => database.AddAsync(rows);

    public async Task<RecoveryRow> EndAsync(Guid recovery)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var row = await ReadAsync(each => each.Recoveries.AsNoTracking().Include(one => one.Instances).SingleAsync(one => one.Id == recovery, Cancel));
            if (row.State.IsFinal())
            {
                return row;
            }

            Assert.False(
                patience.IsCancellationRequested,
                $"It stays {row.State}: {row.Reason} {string.Join(", ", row.Instances.Select(each => $"{each.Name} {each.State}"))}");
            await Task.Delay(20, Cancel);
        }
    }

    public async Task<StepReply> RunAsync(StepDispatch step, Func<string, Task> onProgress, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (sent)
        {
            sent.Add($"{step.Instance.Name} {step.Action} {step.Host}");
        }

        return Answer(step);
    }

    public Task<FenceAttempt> TryAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        Task.FromResult(new FenceAttempt(false, $"{host.Name} has no fence agent.", []));

    public Task<FenceAttempt> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        TryAsync(host, order, cancellationToken);

    /// <summary>It passes when the story says so; waits take as long as they take, so that a busy machine changes nothing.</summary>
    internal sealed class StoryTime : TimeProvider
    {
        private long ticks = Some.Moment.UtcTicks;

        public void Pass(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await runner.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        database.Dispose();
    }
}
