using System.Linq.Expressions;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A domain as a host reported it last. A dead host can't be asked, so this is all that is left of it.</summary>
public sealed class DomainRow
{
    /// <summary>It holds its disks open: it runs, or is paused and may run at any moment.</summary>
    public static Expression<Func<DomainRow, bool>> HoldsItsDisks { get; } =
        row => row.State == DomainState.Running || (row.State == DomainState.Paused && !row.WhyOffIsForgotten);

    private static readonly Func<DomainRow, bool> Active = HoldsItsDisks.Compile();

    public required string Host { get; set; }

    public required Guid Uuid { get; set; }

    public required string Name { get; set; }

    public required DomainState State { get; set; }

    /// <summary>
    /// It is off since its host or libvirtd started, so its host can't tell who wanted that; then <see cref="State"/> says
    /// what it was before: crashed when it ran, paused when it was paused.
    /// </summary>
    public bool WhyOffIsForgotten { get; set; }

    public bool Persistent { get; set; }

    public bool Autostart { get; set; }

    /// <summary>The inactive domain XML.</summary>
    public required string Definition { get; set; }

    public long MemoryMib { get; set; }

    public int Vcpus { get; set; }

    public List<Disk> Disks { get; set; } = [];

    public List<HostFile> Files { get; set; } = [];

    /// <summary>What the definition asks of its host; its CPU is in <see cref="CpuXml"/> and has no id here.</summary>
    public HostRequirements Requirements { get; set; } = HostRequirements.None;

    /// <summary>The definition's <c>&lt;cpu&gt;</c> element; empty when it asks for no processor.</summary>
    public string CpuXml { get; set; } = "";

    /// <summary>Its owner's wishes, from its metadata.</summary>
    public InstancePolicy Policy { get; set; } = InstancePolicy.None;

    /// <summary>What of them could not be understood, a sentence each.</summary>
    public List<string> PolicyFaults { get; set; } = [];

    /// <summary><see cref="HoldsItsDisks"/>, of a row that was read.</summary>
    public bool IsActive => Active(this);

    /// <summary>When the host last said so; the definition's age counts from here.</summary>
    public required DateTimeOffset ReportedAt { get; set; }
}
