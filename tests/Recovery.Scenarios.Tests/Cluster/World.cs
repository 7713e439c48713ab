using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.ControlPlanes;
using Recovery.Scenarios.Tests.Mutants;
using Recovery.Scenarios.Tests.Time;
using Recovery.Scenarios.Tests.Truth;
using Recovery.Scenarios.Tests.Wire;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>A cluster with all that belongs to it: hosts, networks, power controllers, guests, disks, control planes.</summary>
internal sealed class World : IDisposable
{
    /// <summary>The CHAP password and the power controllers': it must never be read anywhere.</summary>
    public const string Secret = "kept-to-ourselves-4711";

    private readonly List<SimulatedHost> hosts = [];
    private readonly Dictionary<string, SimulatedHost> hostsByAddress = [];

    public World(Random? random = null, Mutations? mutations = null)
    {
        Dice = new Dice(random);
        Kernel = new Kernel(random);
        Mutations = mutations ?? Mutations.None;
        Strand = new Strand(Kernel, "world");
        Network = new Network(this);
        Watcher = new Watcher(this);
        Kernel.Happened = Watcher.Look;
    }

    public Kernel Kernel { get; }

    public Dice Dice { get; }

    public Mutations Mutations { get; }

    /// <summary>What nobody kills: the world itself, and those who write its story.</summary>
    public Strand Strand { get; }

    public Network Network { get; }

    public Watcher Watcher { get; }

    public Crashes Crashes => field ??= new Crashes(this);

    public Database Database { get; } = new();

    public IReadOnlyList<SimulatedHost> Hosts => hosts;

    public Dictionary<Guid, GuestSpec> Guests { get; } = [];

    public SortedDictionary<string, ControlPlaneProcess> ControlPlanes { get; } = new(StringComparer.Ordinal);

    /// <summary>Storages on which QEMU's image locks are seen by every host.</summary>
    public HashSet<string> LockingStorages { get; } = [];

    public HashSet<(string Storage, string File)> LostDisks { get; } = [];

    public HashSet<string> SelfFenceFails { get; } = [];

    /// <summary>Executors are new enough to say beforehand what they would refuse.</summary>
    public bool PreviewTells { get; set; } = true;

    public Settings Settings { get; set; } = new();

    /// <summary>Zero of the story; what was before is its past.</summary>
    public DateTimeOffset StoryBegan { get; set; } = Kernel.Beginning;

    /// <summary>What happened, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Nobody reads the log of most walks.</summary>
    public bool Telling { get; set; } = true;

    public SimulatedHost Add(SimulatedHost host)
    {
        hosts.Add(host);
        hostsByAddress[host.Address] = host;
        return host;
    }

    public void Add(GuestSpec guest)
    {
        Guests[guest.Id] = guest;
        var domain = new SimulatedDomain(guest, guest.State);
        Host(guest.Host).Put(domain);
        if (domain.IsActive)
        {
            domain.StartedAt = Kernel.Now;
            if (guest.Portal.Length > 0)
            {
                Host(guest.Host).Connected.Add((guest.Id, "vdb"));
            }
        }
    }

    public SimulatedHost Host(string name) => hosts.Find(host => host.Name == name)
        ?? throw new ArgumentException($"there is no host {name} in this story");

    public SimulatedHost HostAt(string address) => hostsByAddress[address];

    public GuestSpec Guest(string name) => Guests.Values.FirstOrDefault(guest => guest.Name == name)
        ?? throw new ArgumentException($"there is no guest {name} in this story");

    public string UuidOf(string guest) => Guest(guest).Uuid;

    public IEnumerable<SimulatedHost> HostsRunning(Guid guest) =>
        hosts.Where(host => host.Powered && host.Find(guest) is { IsActive: true });

    /// <summary>Something of the outside that comes later, whoever is dead by then.</summary>
    public void Later(TimeSpan delay, Action action) =>
        Strand.Time.CreateTimer(static state => ((Action)state!)(), action, delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    public void Say(string what)
    {
        if (Telling)
        {
            var at = Kernel.Now - StoryBegan;
            Log.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{(at < TimeSpan.Zero ? "-" : "")}{(int)at.Duration().TotalMinutes:00}:{at.Duration().Seconds:00}.{at.Duration().Milliseconds:000}  {what}"));
        }
    }

    public void CrashExecutor(SimulatedHost host, TimeSpan away)
    {
        Say($"the executor of {host.Name} is killed");
        host.KillExecutor();
        Later(away, () =>
        {
            if (host.Executor is null && host.Powered)
            {
                Say($"the executor of {host.Name} is started again");
                host.StartExecutor();
            }
        });
    }

    public void Dispose()
    {
        foreach (var controlPlane in ControlPlanes.Values)
        {
            controlPlane.Dispose();
        }

        foreach (var host in hosts)
        {
            host.Executor?.Strand.Kill();
        }

        Strand.Kill();
        Database.Dispose();
    }

    public void Run(TimeSpan until, Func<bool>? reached = null) =>
        Kernel.Run(StoryBegan + until, () => Watcher.Violation is not null || reached?.Invoke() == true);
}

/// <summary>How control planes are configured in a story.</summary>
internal sealed record Settings
{
    public int LeaseSeconds { get; init; } = 15;

    public int StepSeconds { get; init; } = 120;

    public int FenceRetrySeconds { get; init; } = 30;

    public int MaxParallel { get; init; } = 8;

    public int MaxParallelPerTarget { get; init; } = 4;

    public int MaxParallelPerBackend { get; init; } = 8;
}
