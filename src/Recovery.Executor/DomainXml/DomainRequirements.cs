namespace Recovery.Executor.DomainXml;

/// <summary>What a definition asks of its host beyond room. What is empty is not asked.</summary>
/// <param name="Architecture">"x86_64"</param>
/// <param name="DomainType">"kvm", "qemu"</param>
/// <param name="MachineType">As written: "pc-q35-7.2".</param>
/// <param name="Bridges">Bridges that its interfaces are plugged into.</param>
/// <param name="Networks">libvirt's virtual networks that its interfaces are plugged into.</param>
/// <param name="HugePages">Null: ordinary memory.</param>
/// <param name="NumaNodes">Its own NUMA nodes, each of which is bound to a cell of the host.</param>
/// <param name="Devices">Hardware of the host that it is given, as many times as it is given.</param>
/// <param name="CpuXml">The cpu element without topology and NUMA; empty when it asks for no processor.</param>
public sealed record DomainRequirements(
    string Architecture,
    string DomainType,
    string MachineType,
    IReadOnlyList<string> Bridges,
    IReadOnlyList<string> Networks,
    HugePages? HugePages,
    IReadOnlyList<GuestNode> NumaNodes,
    IReadOnlyList<GivenDevice> Devices,
    string CpuXml);

/// <param name="SizeKiB">The largest that is named; null: whatever the host's default is.</param>
public sealed record HugePages(uint? SizeKiB);

/// <param name="MemoryMiB">Of this node, rounded up.</param>
/// <param name="Vcpus">Of this node.</param>
public sealed record GuestNode(ulong MemoryMiB, uint Vcpus);

/// <summary>A device of the host, by its place on the host that reports it.</summary>
/// <param name="Kind">pci, mdev, usb, scsi, …, as libvirt names the types of host devices</param>
/// <param name="Address">"0000:3b:00.1" of a PCI device, the UUID of a mediated one; may be empty for others</param>
public sealed record GivenDevice(string Kind, string Address);
