namespace Recovery.Core.Inventory;

/// <summary>
/// What a host can emulate and offer to a guest. What is null was never told, and is then left to the host's own
/// executor, which refuses a definition before anything is started.
/// </summary>
public sealed record HostAbilities
{
    public static readonly HostAbilities Unknown = new();

    /// <summary><c>x86_64</c>; empty when unknown.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Kinds of virtualization: <c>kvm</c>, <c>qemu</c>.</summary>
    public IReadOnlySet<string>? DomainTypes { get; init; }

    /// <summary>Machine types, aliases included.</summary>
    public IReadOnlySet<string>? MachineTypes { get; init; }

    /// <summary>Linux and Open vSwitch bridges.</summary>
    public IReadOnlySet<string>? Bridges { get; init; }

    /// <summary>libvirt's virtual networks.</summary>
    public IReadOnlySet<string>? Networks { get; init; }

    /// <summary>Which of the firmware files that instances of the cluster name are there, by path.</summary>
    public IReadOnlyDictionary<string, bool> Firmware { get; init; } = new Dictionary<string, bool>();

    /// <summary>What libvirt's CPU comparison said, by <see cref="HostRequirements.Cpu"/>. What is missing was not asked yet.</summary>
    public IReadOnlyDictionary<string, CpuFit> Cpus { get; init; } = new Dictionary<string, CpuFit>();

    /// <summary>Its NUMA cells with their pages.</summary>
    public IReadOnlyList<NumaCell>? NumaCells { get; init; }

    /// <summary>Devices that guests can be given, by class: <c>pci 10de:1eb8</c>, <c>mdev nvidia-35</c>; how many are free.</summary>
    public IReadOnlyDictionary<string, int> Devices { get; init; } = new Dictionary<string, int>();
}

/// <summary>Whether a host's processor can be a guest's (virConnectCompareHypervisorCPU).</summary>
/// <param name="Fits">The host's processor is the same or has more.</param>
/// <param name="Reason">In libvirt's words when it does not fit: the features that are missing.</param>
public sealed record CpuFit(bool Fits, string Reason = "");

/// <summary>A NUMA cell of a host.</summary>
/// <param name="Id">libvirt's number of it.</param>
/// <param name="MemoryMib">All of its memory in MiB.</param>
/// <param name="Vcpus">Its logical processors.</param>
/// <param name="FreePages">Free huge pages by their size in KiB.</param>
public sealed record NumaCell(int Id, long MemoryMib, int Vcpus, IReadOnlyDictionary<int, long> FreePages);
