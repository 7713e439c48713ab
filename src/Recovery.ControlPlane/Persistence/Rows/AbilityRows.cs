using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>What a host's executor reported that it can offer to guests. What is null was never told.</summary>
public sealed record ReportedAbilities
{
    public static readonly ReportedAbilities Unknown = new();

    /// <summary><c>kvm</c>, <c>qemu</c>.</summary>
    public IReadOnlyList<string>? DomainTypes { get; init; }

    /// <summary>Aliases included.</summary>
    public IReadOnlyList<string>? MachineTypes { get; init; }

    /// <summary>Linux and Open vSwitch bridges.</summary>
    public IReadOnlyList<string>? Bridges { get; init; }

    /// <summary>libvirt's virtual networks.</summary>
    public IReadOnlyList<string>? Networks { get; init; }

    public IReadOnlyList<NumaCell>? NumaCells { get; init; }
}

/// <summary>What a host answered when it was asked what it would be to guests of other hosts.</summary>
public sealed record SurveyAnswers
{
    public static readonly SurveyAnswers None = new();

    /// <summary>When it answered; null: it never did.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What libvirt's CPU comparison said, by <see cref="HostRequirements.Cpu"/>.</summary>
    public IReadOnlyDictionary<string, CpuFit> Cpus { get; init; } = new Dictionary<string, CpuFit>();

    /// <summary>Portals that it dialled, as <see cref="IscsiLun.Backend"/> names them.</summary>
    public IReadOnlyDictionary<string, BackendReach> Backends { get; init; } = new Dictionary<string, BackendReach>();

    /// <summary>Whether these firmware files are there, by path.</summary>
    public IReadOnlyDictionary<string, bool> Firmware { get; init; } = new Dictionary<string, bool>();
}

/// <summary>Whether a host reached a volume backend.</summary>
/// <param name="Reachable">Somebody answered there.</param>
/// <param name="Reason">Why not, in the executor's words; empty when it did.</param>
public sealed record BackendReach(bool Reachable, string Reason = "");
