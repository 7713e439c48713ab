using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>One instance of a recovery, with all that is needed to bring it up: its dead host can't be asked again.</summary>
public sealed class RecoveryInstanceRow
{
    public required Guid RecoveryId { get; set; }

    public required Guid InstanceId { get; set; }

    public required string Name { get; set; }

    public required string Source { get; set; }

    /// <summary>Null while no host can take it.</summary>
    public string? Target { get; set; }

    /// <summary>Its place in the plan's order.</summary>
    public int Position { get; set; }

    public required PowerIntent Intent { get; set; }

    public InstanceTask Task { get; set; }

    public RecoveryRoute Route { get; set; }

    public required InstanceState State { get; set; }

    /// <summary>An operator wants it left alone, if it was not begun yet.</summary>
    public bool SkipRequested { get; set; }

    /// <summary>Why it failed or is unplaced; for humans.</summary>
    public string Reason { get; set; } = "";

    /// <summary>1 for the first attempt; each retry adds one and has a journal of its own.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>As the planner saw it.</summary>
    public required Instance Instance { get; set; }

    /// <summary>Its domain XML as the source reported it last.</summary>
    public required string Definition { get; set; }

    /// <summary>Where the source saw its storages.</summary>
    public required List<StorageView> SourceStorages { get; set; }

    /// <summary>The CPU model of the source, as libvirt names it; empty when unknown.</summary>
    public string SourceCpuModel { get; set; } = "";

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When the guest was seen running (or, if it stays off, defined) on the target.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
