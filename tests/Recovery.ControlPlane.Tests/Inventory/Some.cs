using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Inventory;

/// <summary>Rows with all that a test does not care about filled in.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Moment = new(2026, 3, 1, 2, 30, 0, TimeSpan.Zero);

    public static HostRow Host(string name, string executor = "http://127.0.0.1:1") => new()
    {
        Name = name,
        Executor = executor,
        RegisteredAt = Moment,
        ReportedAt = Moment,
        MemoryMib = 8192,
        Vcpus = 8,
        Storages = [new StorageView("nfs-1", $"/srv/{name}", 1000, 2000)],
    };

    public static DomainRow Domain(string host, Guid uuid, DomainState state = DomainState.Running, string name = "web") => new()
    {
        Host = host,
        Uuid = uuid,
        Name = name,
        State = state,
        Persistent = true,
        Definition = $"<domain><name>{name}</name><!-- as {host} has it --></domain>",
        MemoryMib = 512,
        Vcpus = 1,
        Disks = [new Disk { Target = "vda", File = new HostFile("disk", $"/srv/{host}/web.qcow2", "nfs-1", "web.qcow2", "qcow2") }],
        ReportedAt = Moment,
    };

    public static InstanceRow Instance(Guid id, string host) => new() { Id = id, Host = host, Since = Moment };

    public static HostReport Report(string host, params DomainRow[] domains) => new()
    {
        Host = host,
        At = Moment,
        ExecutorVersion = "1.0",
        Storages = [new StorageView("nfs-1", $"/srv/{host}", 900, 2000)],
        Hypervisor = new HypervisorReport
        {
            Name = "QEMU",
            Architecture = "x86_64",
            CpuModel = "EPYC",
            MemoryMib = 16384,
            Vcpus = 16,
            Domains = domains,
            IsComplete = true,
        },
    };

    /// <summary>A recovery of one instance, and the lock that it holds on it.</summary>
    public static (RecoveryRow Recovery, RecoveryLockRow Lock) Recovery(
        Guid instance,
        string source,
        string? target,
        RecoveryState state = RecoveryState.Recovering,
        InstanceState instanceState = InstanceState.Recovering,
        PowerIntent intent = PowerIntent.Run)
    {
        var id = Guid.CreateVersion7();
        var recovery = new RecoveryRow
        {
            Id = id,
            Request = new RecoveryRequest(RecoveryKind.Evacuate, [source], [], [], 8),
            State = state,
            CreatedAt = Moment,
            Instances =
            [
                new RecoveryInstanceRow
                {
                    RecoveryId = id,
                    InstanceId = instance,
                    Name = "web",
                    Source = source,
                    Target = target,
                    Intent = intent,
                    State = instanceState,
                    Instance = new Instance
                    {
                        Id = instance, Name = "web", Host = source, State = DomainState.Running, MemoryMib = 512, Vcpus = 1,
                    },
                    Definition = "<domain/>",
                    SourceStorages = [],
                },
            ],
        };
        return (recovery, new RecoveryLockRow { Subject = RecoveryLockRow.ForInstance(instance), RecoveryId = id });
    }
}
