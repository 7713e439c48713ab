using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Rows as others would have written them.</summary>
internal static class Rows
{
    public static readonly Guid Web1 = Guid.Parse("11111111-1111-4111-8111-111111111111");
    public static readonly Guid Web2 = Guid.Parse("22222222-2222-4222-8222-222222222222");
    public static readonly Guid Db1 = Guid.Parse("33333333-3333-4333-8333-333333333333");

    public static HostRow Host(string name, DateTimeOffset now) => new()
    {
        Name = name,
        Executor = $"http://{name}:7071",
        RegisteredAt = now,
        ReportedAt = now,
        MemoryMib = 16_384,
        Vcpus = 8,
    };

    public static DomainRow Domain(string host, Guid id, string name, DateTimeOffset now, DomainState state = DomainState.Running) => new()
    {
        Host = host,
        Uuid = id,
        Name = name,
        State = state,
        Definition = $"<domain><name>{name}</name></domain>",
        MemoryMib = 1024,
        Vcpus = 1,
        ReportedAt = now,
    };

    public static RecoveryRow Recovery(Guid id, RecoveryState state, DateTimeOffset now, params string[] hosts) => new()
    {
        Id = id,
        State = state,
        CreatedAt = now,
        Request = new RecoveryRequest(RecoveryKind.Evacuate, hosts, [], [], 8),
    };

    public static RecoveryInstanceRow Instance(
        Guid recovery, Guid id, string name, InstanceState state, string source = "node1", string? target = "node2", int position = 0) => new()
        {
            RecoveryId = recovery,
            InstanceId = id,
            Name = name,
            Source = source,
            Target = target,
            Position = position,
            Intent = PowerIntent.Run,
            State = state,
            Definition = "<domain/>",
            SourceStorages = [],
            Instance = new Instance { Id = id, Name = name, Host = source, State = DomainState.Running, MemoryMib = 1024, Vcpus = 1 },
        };

    public static EventRow Event(Guid recovery, string message, DateTimeOffset at, string type = EventTypes.Progress) => new()
    {
        RecoveryId = recovery,
        At = at,
        Type = type,
        Message = message,
    };
}
