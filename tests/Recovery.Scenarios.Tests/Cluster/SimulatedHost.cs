using Recovery.Protocol.V1;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>A hypervisor machine: what is on its disks, what runs on it, and whether it has power.</summary>
internal sealed class SimulatedHost(World world, string name)
{
    private readonly Dictionary<Guid, SimulatedDomain> domains = [];

    public string Name => name;

    public string Address => $"http://{name}:7071";

    public ulong MemoryMib { get; set; } = 8192;

    public uint Vcpus { get; set; } = 16;

    public string FailureDomain { get; set; } = "";

    public bool Spare { get; set; }

    public List<string> Storages { get; init; } = ["shared"];

    /// <summary>Portals that it can't reach.</summary>
    public HashSet<string> LostPortals { get; } = [];

    public bool Powered { get; private set; } = true;

    public int Boots { get; private set; } = 1;

    public string Boot => $"{name}-boot-{Boots}";

    public bool LibvirtUp { get; private set; } = true;

    /// <summary>Null while no executor runs.</summary>
    public SimulatedExecutor? Executor { get; private set; }

    /// <summary>Of its power; null when it has none.</summary>
    public PowerController? Controller { get; set; }

    /// <summary>The executor's operation log, on the host's disk.</summary>
    public OperationLog Log { get; } = new();

    public IReadOnlyCollection<SimulatedDomain> Domains => domains.Values;

    /// <summary>What connecting volumes left here: instance and disk.</summary>
    public HashSet<(Guid Instance, string Disk)> Connected { get; } = [];

    /// <summary>What shall go wrong: the next matching step does.</summary>
    public List<PlannedFault> Faults { get; } = [];

    /// <summary>When something last happened here that nobody told it to: power, a guest that died.</summary>
    public DateTimeOffset LastAccident { get; private set; } = DateTimeOffset.MinValue;

    public IEnumerable<SimulatedDomain> Running => Powered ? domains.Values.Where(domain => domain.IsActive) : [];

    public SimulatedDomain? Find(Guid id) => domains.GetValueOrDefault(id);

    public void Put(SimulatedDomain domain)
    {
        world.Watcher.ClusterChanged();
        domains[domain.Spec.Id] = domain;
        Tell(domain);
    }

    public void Remove(Guid id)
    {
        if (domains.Remove(id))
        {
            Executor?.TellGone(id);
        }
    }

    public void Turn(SimulatedDomain domain, DomainState state)
    {
        world.Watcher.ClusterChanged();
        domain.State = state;
        domain.StartedAt = domain.IsActive ? world.Kernel.Now : null;
        Tell(domain);
    }

    public void Tell(SimulatedDomain domain) => Executor?.Tell(domain);

    public void Accident() => LastAccident = world.Kernel.Now;

    public void PowerOff()
    {
        if (!Powered)
        {
            return;
        }

        Powered = false;
        Accident();
        Executor?.Strand.Kill();
        Executor = null;
        foreach (var domain in domains.Values)
        {
            domain.State = DomainState.Inactive;
            domain.StartedAt = null;
        }

        Controller?.HostLostPower();
        world.Network.Changed(name);
    }

    /// <summary>It boots; libvirt and the executor are up a moment later.</summary>
    public void PowerOn()
    {
        if (Powered)
        {
            return;
        }

        Powered = true;
        Boots++;
        Accident();
        LibvirtUp = true;
        Connected.Clear();
        world.Network.Changed(name);
        StartExecutor();
    }

    public void StartExecutor()
    {
        if (Powered && Executor is null)
        {
            Executor = new SimulatedExecutor(world, this);
        }
    }

    /// <summary>kill -9: its log stays, its guests run on.</summary>
    public void KillExecutor()
    {
        if (Executor is { } executor)
        {
            executor.Strand.Kill();
            Executor = null;
            world.Network.Ended(executor.Strand);
        }
    }

    public void StopLibvirt()
    {
        LibvirtUp = false;
        Executor?.TellLibvirt();
    }

    public void StartLibvirt()
    {
        LibvirtUp = true;
        Executor?.TellLibvirt();
    }
}

/// <summary>libvirt's domain of a guest on one host.</summary>
internal sealed class SimulatedDomain(GuestSpec spec, DomainState state)
{
    public GuestSpec Spec => spec;

    public DomainState State { get; set; } = state;

    public bool Autostart { get; set; } = spec.Autostart;

    public DateTimeOffset? StartedAt { get; set; }

    public bool IsActive => State is DomainState.Running or DomainState.Paused;
}

/// <summary>A step that shall fail, hang, or crash its executor.</summary>
internal sealed class PlannedFault
{
    /// <summary>As the protocol names it: <c>Start</c>.</summary>
    public required StepCommand.ActionOneofCase Action { get; init; }

    /// <summary>Null: of any guest.</summary>
    public Guid? Guest { get; init; }

    /// <summary>Null: it hangs until its time limit.</summary>
    public ErrorCode? Code { get; init; }

    public bool RetryCanHelp { get; init; }

    /// <summary>How often it happens; each time takes one away.</summary>
    public int Times { get; set; } = 1;
}
