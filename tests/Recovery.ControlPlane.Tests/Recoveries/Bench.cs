using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.ControlPlane.Recoveries.Readiness;
using Recovery.ControlPlane.Recoveries.Returns;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>
/// The real runner on a real database, with a small cluster behind its three ports: node1 is silent and has
/// instances, node2 and node3 are up. Executors, fence agents and inventory do what the story tells them.
/// </summary>
internal sealed class Bench : IInventory, IInventorySteps, IStepDispatcher, IFencing, IReadinessProbe, IDbContextFactory<RecoveryDbContext>, IAsyncDisposable
{
    private readonly TemporaryDatabase database = new();
    private readonly Lock gate = new();
    private readonly List<StepDispatch> sent = [];
    private readonly List<InventoryStep> carriedOut = [];
    private RecoveryRunner? runner;

    public Bench(params string[] instances)
    {
        Liveness = new LivenessBoard(TimeProvider.System) { ListeningSince = DateTimeOffset.MinValue };
        Instances = [.. instances.Select(name => NewInstance(name))];
        using var context = CreateDbContext();
        foreach (var host in (string[])["node1", "node2", "node3"])
        {
            context.Hosts.Add(new HostRow
            {
                Name = host,
                Executor = $"http://{host}:7071",
                RegisteredAt = DateTimeOffset.UtcNow,

                // Nobody listens to the others here, so their silence must not look like the control plane's own.
                ReportedAt = host == "node1" ? DateTimeOffset.UtcNow : null,
            });
        }

        context.SaveChanges();
    }

    public LivenessBoard Liveness { get; set; }

    public List<Instance> Instances { get; }

    /// <summary>What the fence agents say; none is configured unless a story changes it.</summary>
    public Func<FenceAttempt> Fence { get; set; } = () => new FenceAttempt(false, "node1 has no fence agent.", []);

    /// <summary>What an executor answers; it obeys unless a story changes it.</summary>
    public Func<StepDispatch, StepReply> Answer { get; set; } = _ => Done;

    /// <summary>What targets say of definitions that they are shown.</summary>
    public Targets Targets { get; } = new();

    /// <summary>What a guest answers when it is asked whether it is ready.</summary>
    public Func<string, Task<StepReply>> Ready { get; set; } = _ => Task.FromResult(Done);

    /// <summary>What the inventory says that a step of its own will write.</summary>
    public Func<InventoryStep, PreparedStep> Prepare { get; set; } = _ => PreparedStep.NothingForeign;

    public Func<InventoryStep, InventoryAnswer> CarryOut { get; set; } = _ => new(StepOutcome.Succeeded, "", "");

    /// <summary>That each step writes something.</summary>
    public static PreparedStep Prepared(InventoryStep step) => new($"writes of {step.Action}", [$"{step.Action} in words"]);

    /// <summary>What is kept of each instance's definition; null: nothing.</summary>
    public Func<Guid, KeptDefinition?> Keep { get; set; } = _ => new KeptDefinition("<domain/>", [], "", DateTimeOffset.UtcNow);

    /// <summary>By which way all instances go.</summary>
    public RecoveryRoute Route { get; set; }

    public Func<ClusterSnapshot, ClusterSnapshot> World { get; set; } = snapshot => snapshot;

    public int FenceCalls { get; private set; }

    public static StepReply Done { get; } = new(StepOutcome.Succeeded, "", "", []);

    /// <summary>What an executor waits for before it answers.</summary>
    public Func<StepDispatch, Task> Before { get; set; } = _ => Task.CompletedTask;

    public RecoveryOptions Options { get; set; } = new()
    {
        Runner = new RunnerOptions { Replica = "one", LeaseSeconds = 3 },
        Fencing = new FencingOptions { RetrySeconds = 1 },
    };

    /// <summary>What the executors were told, in order: "a Define node2".</summary>
    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (gate)
            {
                return [.. sent.Select(step => $"{step.Instance.Name} {step.Action} {step.Host}")];
            }
        }
    }

    public IReadOnlyList<StepDispatch> Dispatches
    {
        get
        {
            lock (gate)
            {
                return [.. sent];
            }
        }
    }

    public static Instance NewInstance(string name, DomainState state = DomainState.Running) => new()
    {
        Id = Guid.NewGuid(),
        Name = name,
        Host = "node1",
        State = state,
        MemoryMib = 64,
        Vcpus = 1,
        Disks = [new Disk { Target = "vda", File = new HostFile("disk", $"/srv/shared/{name}", "shared", name, "qcow2") }],
    };

    public Task<Guid> AcceptAsync(params Guid[] only) => AcceptAsync(null, only);

    public async Task<Guid> AcceptAsync(Guid? plan, Guid[] only)
    {
        var now = DateTimeOffset.UtcNow;
        var id = Guid.CreateVersion7(now);
        await using var context = CreateDbContext();
        context.Recoveries.Add(new RecoveryRow
        {
            Id = id,
            Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], only, [], 8),
            State = RecoveryState.Accepted,
            Limits = new RecoveryLimits(
                Options.Runner.MaxParallel, Options.Runner.MaxParallelPerTarget, Options.Runner.MaxParallelPerBackend),
            PlanId = plan,
            CreatedAt = now,
        });
        context.Locks.Add(new RecoveryLockRow { Subject = RecoveryLockRow.ForHost("node1"), RecoveryId = id });
        await context.SaveChangesAsync();
        return id;
    }

    public async Task AttestAsync(string host)
    {
        await using var context = CreateDbContext();
        context.FenceProofs.Add(new FenceProofRow
        {
            Host = host,
            Kind = FenceProofKind.Attestation,
            At = DateTimeOffset.UtcNow,
            Evidence = "Ada pulled the cord herself.",
            By = "Ada",
        });
        await context.SaveChangesAsync();
    }

    public async Task StartAsync()
    {
        var wake = new RunnerSignal();
        var time = TimeProvider.System;
        var close = new CloseStage();
        var proofs = new FenceProofs(this, Liveness, time);
        var sight = new ReturnSight(this, proofs, Liveness, this, Options);
        var ledger = new ReturnLedger(this, sight, this, time);
        var absence = new BriefAbsence(Liveness);
        var drive = new RecoveryDrive(
            new Observer(this, proofs, Liveness),
            new PlanStage(
                this,
                new PlanMaker(this, Targets, this, time, NullLogger<PlanMaker>.Instance),
                new PlanArchive(this, Options.Plans),
                absence,
                close,
                Options),
            new ResumeStage(this, sight, ledger, close),
            new FenceAction(this, new FencingTurn(), Options),
            new RecheckStage(this, absence, Options),
            new StepCarrier(new InventoryStepSender(this, Options), new StepSender(this, Options), this, proofs, new ReturnGuard(sight), NullLogger<StepCarrier>.Instance),
            ledger,
            close,
            new InventoryAbsence(close),
            new InventoryChanges(),
            wake);
        runner = new RecoveryRunner(this, drive, wake, Options, time, NullLogger<RecoveryRunner>.Instance);
        await runner.StartAsync(CancellationToken.None);
    }

    /// <summary>The control plane goes away in the middle of whatever it does.</summary>
    public async Task StopAsync()
    {
        if (runner is not null)
        {
            await runner.StopAsync(CancellationToken.None);
            runner.Dispose();
            runner = null;
        }
    }

    public async Task<RecoveryRow> ReadAsync(Guid recovery)
    {
        await using var context = CreateDbContext();
        return await context.Recoveries.AsNoTracking().Include(row => row.Instances).SingleAsync(row => row.Id == recovery);
    }

    public async Task<IReadOnlyList<JournalRow>> JournalAsync()
    {
        await using var context = CreateDbContext();
        return await context.Journal.AsNoTracking().OrderBy(row => row.Sequence).ToListAsync();
    }

    public async Task<IReadOnlyList<EventRow>> EventsAsync()
    {
        await using var context = CreateDbContext();
        return await context.Events.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }

    public async Task<RecoveryRow> UntilAsync(Guid recovery, Func<RecoveryRow, bool> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var row = await ReadAsync(recovery);
            if (reached(row))
            {
                return row;
            }

            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"It stays {row.State}: {row.Reason} {string.Join(", ", row.Instances.Select(each => $"{each.Name} {each.State}"))}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The inventory's own steps, each time that they were to be done.</summary>
    public IReadOnlyList<InventoryStep> CarriedOut
    {
        get
        {
            lock (gate)
            {
                return [.. carriedOut];
            }
        }
    }

    /// <summary>Waits until so many steps of this kind were sent.</summary>
    public async Task SentAsync(StepAction action, int count = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Dispatches.Count(step => step.Action == action) < count)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    public Task<RecoveryRow> UntilFinalAsync(Guid recovery) => UntilAsync(recovery, row => row.State.IsFinal());

    public RecoveryDbContext CreateDbContext() => database.CreateDbContext();

    public Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken)
    {
        Host[] hosts =
        [
            NewHost("node1", HostLiveness.Silent), NewHost("node2", HostLiveness.Up), NewHost("node3", HostLiveness.Up),
        ];
        return Task.FromResult(World(new ClusterSnapshot(DateTimeOffset.UtcNow, hosts, [.. Instances], [])));
    }

    public Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
        IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Guid, KeptDefinition>>(
            instances.Where(id => Keep(id) is not null).ToDictionary(id => id, id => Keep(id)!));

    public Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken) =>
        Task.FromResult(plan with { Moves = [.. plan.Moves.Select(move => move with { Route = Route })] });

    public Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<PreparedStep> PrepareAsync(InventoryStep step, CancellationToken cancellationToken) => Task.FromResult(Prepare(step));

    public Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            carriedOut.Add(step);
        }

        return Task.FromResult(CarryOut(step));
    }

    public async Task<StepReply> RunAsync(StepDispatch step, Func<string, Task> onProgress, CancellationToken cancellationToken)
    {
        // As over a network: whoever sends a step does other things until it is answered.
        await Task.Yield();
        lock (gate)
        {
            sent.Add(step);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await Before(step).WaitAsync(cancellationToken);
        return Answer(step);
    }

    public Task<FenceAttempt> TryAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken)
    {
        FenceCalls++;
        return Task.FromResult(Fence());
    }

    /// <summary>What a host answers that is asked whether it was told to end its guests; it was not, unless a story says so.</summary>
    public Func<FenceAttempt> AfterOrder { get; set; } = () => new FenceAttempt(false, "It was never told.", ["never told"]) { Order = OrderState.Withdrawn };

    public int Questions { get; private set; }

    Task<FenceAttempt> IFencing.AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken)
    {
        Questions++;
        return Task.FromResult(AfterOrder());
    }

    public Task<StepReply> AwaitAsync(string name, ReadinessGate gate, CancellationToken cancellationToken) => Ready(name);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        database.Dispose();
    }

    private static Host NewHost(string name, HostLiveness liveness) => new()
    {
        Name = name,
        Liveness = liveness,
        MemoryMib = 8192,
        Vcpus = 8,
        Storages = new HashSet<string> { "shared" },
    };
}
