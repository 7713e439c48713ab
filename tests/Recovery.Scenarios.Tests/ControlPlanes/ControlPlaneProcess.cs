using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Api;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Detection;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Readiness;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;
using Recovery.Scenarios.Tests.Wire;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>
/// A control plane: the real one, composed by its own extension methods, with the clock, the wire, the database file and
/// the fence agents' programs replaced. It can be killed at any moment and started again.
/// </summary>
internal sealed class ControlPlaneProcess(World world, string name) : IDisposable
{
    // What only makes plans nicer, on threads of its own.
    private static readonly HashSet<string> NotStarted = ["HostSurvey", "ForecastService"];

    private static readonly MethodInfo Execute =
        typeof(BackgroundService).GetMethod("ExecuteAsync", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private ServiceProvider? services;

    public string Name => name;

    /// <summary>Null while it is dead.</summary>
    public Strand? Strand { get; private set; }

    /// <summary>The lines that an operator would be woken by.</summary>
    public List<string> Alarms { get; } = [];

    public T Get<T>()
        where T : notnull => services!.GetRequiredService<T>();

    public void Start()
    {
        if (Strand is not null)
        {
            return;
        }

        world.Say($"control plane {name} is started");
        var strand = new Strand(world.Kernel, name);
        Strand = strand;
        strand.Begin(() =>
        {
            services = Compose(strand);
            _ = services.GetRequiredService<LivenessBoard>();
            foreach (var service in services.GetServices<IHostedService>().OfType<BackgroundService>())
            {
                if (!NotStarted.Contains(service.GetType().Name))
                {
                    strand.Begin(() => (Task)Execute.Invoke(service, [CancellationToken.None])!);
                }
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (Strand is { } strand)
        {
            world.Say($"control plane {name} is killed");
            strand.Kill();
            Strand = null;
            services = null;
            world.Network.Ended(strand);
        }
    }

    /// <summary>As under a debugger, or on a machine that swaps: nothing of it goes on until then, and it knows nothing of it.</summary>
    public void Freeze(TimeSpan time)
    {
        if (Strand is { } strand)
        {
            world.Say($"control plane {name} freezes for {time.TotalSeconds:0} s");
            strand.Freeze();
            world.Later(time, () =>
            {
                if (!strand.IsDead)
                {
                    world.Say($"control plane {name} goes on");
                    strand.Thaw();
                }
            });
        }
    }

    public void Dispose() => Strand?.Kill();

    private ServiceProvider Compose(Strand strand)
    {
        var options = new RecoveryOptions
        {
            Runner = new RunnerOptions
            {
                Replica = name,
                LeaseSeconds = world.Settings.LeaseSeconds,
                StepSeconds = world.Settings.StepSeconds,
                MaxParallel = world.Settings.MaxParallel,
                MaxParallelPerTarget = world.Settings.MaxParallelPerTarget,
                MaxParallelPerBackend = world.Settings.MaxParallelPerBackend,
            },
            Fencing = new FencingOptions { RetrySeconds = world.Settings.FenceRetrySeconds },
            Volumes = new VolumeOptions { ChapFile = "chap.json" },
        };
        var composed = new ServiceCollection();
        composed.AddSingleton<ILoggerFactory>(new AlarmLog(world, this));
        composed.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        composed
            .AddRecoveryOptions(options)
            .AddPersistence(options.Database)
            .AddLibvirtInventory()
            .AddExecutors()
            .AddDetection()
            .AddFencing()
            .AddRunner()
            .AddAcceptance();
        composed.AddSingleton<ProofBook>();
        composed.AddSingleton<HostRegistry>();

        composed.AddSingleton(strand.Time);
        composed.AddSingleton(world.Dice.Random ?? new Random(1));
        composed.AddSingleton<ExecutorChannels>(new SimulatedChannels(options, world, strand));
        composed.AddSingleton<ChapCredentials>(new SimulatedCredentials(options, world));
        composed.AddSingleton<IDbContextFactory<RecoveryDbContext>>(new ContextFactory(world, this));
        composed.AddSingleton<IFenceAgent>(new SimulatedAgent(world, strand));
        composed.AddSingleton<IReadinessProbe>(new SimulatedProbe(world, strand));
        world.Mutations.Replace(composed, world, strand);
        return composed.BuildServiceProvider();
    }

    private sealed class ContextFactory : IDbContextFactory<RecoveryDbContext>
    {
        private readonly PooledDbContextFactory<RecoveryDbContext> pool;

        public ContextFactory(World world, ControlPlaneProcess process) => pool = new(new DbContextOptionsBuilder<RecoveryDbContext>()
            .UseSqlite(world.Database.Connection)
            .EnableThreadSafetyChecks(false)
            .AddInterceptors([new WriteInterceptor(world, process), .. world.Mutations.Interceptors])
            .Options);

        public RecoveryDbContext CreateDbContext()
        {
            var context = pool.CreateDbContext();
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
            return context;
        }
    }

    private sealed class SimulatedCredentials(RecoveryOptions options, World world) : ChapCredentials(options)
    {
        private readonly byte[] file = Encoding.UTF8.GetBytes(
            "[" + string.Join(',', world.Guests.Values.Select(guest =>
                $$"""{"targetName":"{{guest.TargetName}}","username":"recovery","password":"{{World.Secret}}"}""")) + "]");

        protected override Stream Open(string path) => new MemoryStream(file);
    }

    private sealed class AlarmLog(World world, ControlPlaneProcess process) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning)
            {
                return;
            }

            var line = formatter(state, exception);
            world.Watcher.Logged(line, exception);
            if (logLevel >= LogLevel.Critical)
            {
                process.Alarms.Add(line);
                world.Say($"{process.Name} ALARM {world.Watcher.Readable(line)}");
            }
        }
    }
}
