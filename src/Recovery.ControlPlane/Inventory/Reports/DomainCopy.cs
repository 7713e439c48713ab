using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>A domain of one UUID on one host, as that host reported it last.</summary>
/// <param name="Host">The host that has it.</param>
/// <param name="State">What it was there.</param>
/// <param name="HostIsUp">That host can be believed now. A silent host's word is what it was, not what it is.</param>
/// <param name="IsOff">It is off since its host started, and its state is what it was before.</param>
public sealed record DomainCopy(string Host, DomainState State, bool HostIsUp, bool IsOff = false)
{
    public bool Runs => State == DomainState.Running;

    /// <summary>It holds its disks open: running, or paused and about to run, as in a migration.</summary>
    public bool IsActive => State is DomainState.Running or DomainState.Paused && !IsOff;
}

/// <summary>All copies of one instance, in the order of their hosts' names.</summary>
public sealed record InstanceCopies(string Name, IReadOnlyList<DomainCopy> Copies);
