using Recovery.Protocol.V1;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>A guest as its owner made it; the same wherever it is defined.</summary>
internal sealed record GuestSpec
{
    public required string Name { get; init; }

    public required Guid Id { get; init; }

    public required string Host { get; init; }

    public DomainState State { get; init; } = DomainState.Running;

    public ulong MemoryMib { get; init; } = 512;

    public uint Vcpus { get; init; } = 1;

    /// <summary>Disk files by storage, <c>shared</c>: each guest has one of its own name there. Empty: none.</summary>
    public string Storage { get; init; } = "shared";

    /// <summary>Its iSCSI volume's portal; empty: it has none.</summary>
    public string Portal { get; init; } = "";

    /// <summary>The volume was plugged into the running guest only.</summary>
    public bool LiveVolume { get; init; }

    public bool Autostart { get; init; } = true;

    public uint? Priority { get; init; }

    public IReadOnlyList<string> After { get; init; } = [];

    public IReadOnlyList<(string Name, string Rule)> Groups { get; init; } = [];

    public ReadinessGate? Ready { get; init; }

    /// <summary>How long after its start it answers its gate; null: never.</summary>
    public TimeSpan? ReadyAfter { get; init; } = TimeSpan.FromSeconds(2);

    public string Uuid => Id.ToString("D");

    public string Definition => $"<domain><name>{Name}</name><uuid>{Uuid}</uuid></domain>";

    public string TargetName => $"iqn.2026-03.example:{Name}";

    /// <summary>As this host reports it.</summary>
    public Domain ToDomain(DomainState state, bool autostart, Func<string, string> idOf)
    {
        var domain = new Domain
        {
            Uuid = Uuid,
            Name = Name,
            State = state,
            Persistent = true,
            Autostart = autostart,
            Definition = Definition,
            MemoryMib = MemoryMib,
            Vcpus = Vcpus,
        };
        if (Storage.Length > 0)
        {
            domain.Disks.Add(new Disk
            {
                Target = "vda",
                Device = "disk",
                Format = "qcow2",
                SizeBytes = 1 << 30,
                File = new HostFile { Role = "disk", Path = $"/srv/{Storage}/{Name}", StorageId = Storage, PathInStorage = Name, Format = "qcow2" },
            });
        }

        if (Portal.Length > 0)
        {
            domain.Disks.Add(new Disk
            {
                Target = "vdb",
                Device = "disk",
                Format = "raw",
                LiveOnly = LiveVolume,
                LiveXml = LiveVolume ? "<disk type='network' device='disk'><target dev='vdb'/></disk>" : "",
                Iscsi = new IscsiLun { PortalHost = Portal, PortalPort = 3260, TargetName = TargetName, Lun = 1, ChapUsername = "recovery" },
            });
        }

        if (Priority is not null || After.Count > 0 || Groups.Count > 0 || Ready is not null)
        {
            domain.Policy = new Policy { Ready = Ready };
            if (Priority is { } priority)
            {
                domain.Policy.Priority = priority;
            }

            domain.Policy.After.AddRange(After.Select(idOf));
            domain.Policy.Groups.AddRange(Groups.Select(group => new PolicyGroup { Name = group.Name, Rule = group.Rule, MaximumPerHost = 1 }));
        }

        return domain;
    }
}
