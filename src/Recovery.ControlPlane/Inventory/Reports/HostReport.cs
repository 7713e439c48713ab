using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>What a host's executor said of the whole host at one moment.</summary>
public sealed record HostReport
{
    public required string Host { get; init; }

    /// <summary>When it was received, by the control plane's clock.</summary>
    public required DateTimeOffset At { get; init; }

    public required string ExecutorVersion { get; init; }

    /// <summary>Another one than before means that the host was off in between; empty: its executor doesn't tell.</summary>
    public string Boot { get; init; } = "";

    public IReadOnlyList<StorageView> Storages { get; init; } = [];

    /// <summary>What libvirt says; null while it can't be asked. Then what was known stays as it was.</summary>
    public HypervisorReport? Hypervisor { get; init; }
}

/// <summary>The part of a report that comes from libvirt.</summary>
public sealed record HypervisorReport
{
    /// <summary>For humans: <c>QEMU 7.2.17, libvirt 9.0.0</c>.</summary>
    public required string Name { get; init; }

    public required string Architecture { get; init; }

    public required string CpuModel { get; init; }

    /// <summary>Physical memory in MiB.</summary>
    public required long MemoryMib { get; init; }

    /// <summary>Logical processors.</summary>
    public required int Vcpus { get; init; }

    /// <summary>What it can offer to guests.</summary>
    public ReportedAbilities Abilities { get; init; } = ReportedAbilities.Unknown;

    public required IReadOnlyList<DomainRow> Domains { get; init; }

    /// <summary>
    /// Every domain of the host is in the list. When some could not be read, a domain's absence proves nothing: it may
    /// be one of those.
    /// </summary>
    public required bool IsComplete { get; init; }
}
