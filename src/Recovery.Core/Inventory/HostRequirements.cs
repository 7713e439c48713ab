namespace Recovery.Core.Inventory;

/// <summary>What an instance's definition asks of its host, beyond room. What is empty is not asked.</summary>
public sealed record HostRequirements
{
    public static readonly HostRequirements None = new();

    /// <summary><c>x86_64</c></summary>
    public string Architecture { get; init; } = "";

    /// <summary><c>kvm</c> or <c>qemu</c></summary>
    public string DomainType { get; init; } = "";

    /// <summary>As the definition writes it: <c>pc-q35-7.2</c>.</summary>
    public string MachineType { get; init; } = "";

    /// <summary>Paths of loaders, ROMs and ACPI tables that a package brings: the target must have them too.</summary>
    public IReadOnlyList<string> Firmware { get; init; } = [];

    /// <summary>Names its CPU definition among <see cref="HostAbilities.Cpus"/>; empty when it asks for no model.</summary>
    public string Cpu { get; init; } = "";

    /// <summary>Bridges that its interfaces are plugged into.</summary>
    public IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>libvirt's virtual networks that its interfaces are plugged into.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Size in KiB of the huge pages that its memory is made of; 0 for ordinary memory.</summary>
    public int PageSizeKib { get; init; }

    /// <summary>Its own NUMA nodes that each want a cell of the host.</summary>
    public IReadOnlyList<NumaNode> NumaNodes { get; init; } = [];

    /// <summary>Devices of the host that it is given, by class, and how many of each.</summary>
    public IReadOnlyDictionary<string, int> Devices { get; init; } = new Dictionary<string, int>();
}

/// <summary>A NUMA node of a guest that is bound to a cell of its host.</summary>
public sealed record NumaNode(long MemoryMib, int Vcpus);
