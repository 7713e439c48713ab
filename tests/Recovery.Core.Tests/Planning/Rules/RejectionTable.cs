using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

/// <summary>A reason that is given, in its words, and what lies just inside the limit and is accepted.</summary>
internal sealed record RejectionRow(RejectionKind Kind, string Sentence, Question Refused, Question Accepted)
{
    /// <summary>Where the words are; empty for what is true of every host.</summary>
    public string Host { get; init; } = "node2";
}

/// <summary>Every kind of rejection at its limit, from both sides.</summary>
internal static class RejectionTable
{
    private static readonly Question Plain = Question.Plain;

    private static readonly InstanceGroup Together = new("web", GroupRule.Affinity);

    private static readonly InstanceGroup Apart = new("db", GroupRule.AntiAffinity);

    public static readonly IReadOnlyList<RejectionRow> Rows =
    [
        new(RejectionKind.IsSource, "node2 is being recovered from",
            Plain with { Request = new(["node1", "node2"], [], []) },
            Plain with { Request = new(["node1", "node3"], [], []) }),
        new(RejectionKind.NotRequested, "node2 is not among the requested targets",
            Plain with { Request = new(["node1"], [], ["node3"]) },
            Plain with { Request = new(["node1"], [], ["node3", "node2"]) }),
        new(RejectionKind.Excluded, "node2 is excluded by the request",
            Plain with { Request = new(["node1"], [], ["node2"]) { ExcludedTargets = ["node2"] } },
            Plain with { Request = new(["node1"], [], ["node2"]) { ExcludedTargets = ["node3"] } }),

        new(RejectionKind.NotUp, "node2's executor is silent", Plain.On(host => host with { Liveness = HostLiveness.Silent }), Plain),
        new(RejectionKind.NotUp, "node2's executor was never heard", Plain.On(host => host with { Liveness = HostLiveness.NeverSeen }), Plain),
        new(RejectionKind.NotUp, "node2's libvirt does not answer", Plain.On(host => host with { Liveness = HostLiveness.LibvirtDown }), Plain),
        new(RejectionKind.InMaintenance, "node2 is in maintenance", Plain.On(host => host with { Maintenance = true }), Plain),
        new(RejectionKind.Quarantined, "node2 was recovered from and is not proven clean yet", Plain.On(host => host with { Quarantined = true }), Plain),
        new(RejectionKind.HasStaleDomain, "node2 already has a domain with the UUID of a; look at it and undefine it there first",
            Plain.On(host => host with { Domains = new HashSet<Guid> { IdOf("a") } }),
            Plain.On(host => host with { Domains = new HashSet<Guid> { IdOf("b") } })),

        new(RejectionKind.StorageMissing, "node2 does not see storage ssd, where disk vda is",
            Plain.For(instance => instance with { Disks = [FileDisk("vda", "ssd")] }),
            Plain.For(instance => instance with { Disks = [FileDisk("vda", "ssd")] }).On(host => host with { Storages = new HashSet<string> { "ssd" } })),
        new(RejectionKind.StorageMissing, "node2 does not see storage images, where disk vda is", WithBackingFile("images"), WithBackingFile("shared")),
        new(RejectionKind.StorageMissing, "node2 does not see storage vars, where nvram is", WithNvram("vars"), WithNvram("shared")),
        new(RejectionKind.DiskNotShared, "disk vda (/srv//vda.qcow2) is on no shared storage",
            Plain.For(instance => instance with { Disks = [FileDisk("vda", "")] }), Plain),
        new(RejectionKind.DiskNotShared, "disk vdb is the block device /dev/vg/a of node1, which node2 can't be asked for",
            Plain.For(instance => instance with { Disks = [FileDisk("vda", "shared"), new Disk { Target = "vdb", BlockDevice = "/dev/vg/a" }] }),
            Plain.For(instance => instance with { Disks = [FileDisk("vda", "shared"), new Disk { Target = "vdb", Device = "cdrom" }] })),
        new(RejectionKind.VolumeUnreachable, "node2 can't reach iscsi 10.0.0.5:3260, where volume vdb is",
            WithVolume().On(host => host with { Backends = new Dictionary<string, bool> { ["iscsi 10.0.0.5:3260"] = false } }),
            WithVolume().On(host => host with { Backends = new Dictionary<string, bool> { ["iscsi 10.0.0.5:3260"] = true } })),

        new(RejectionKind.MemoryShort, "needs 8193 MiB, node2 has 8192 MiB free",
            Plain.For(instance => instance with { MemoryMib = 8193 }), Plain.For(instance => instance with { MemoryMib = 8192 })),
        new(RejectionKind.MemoryShort, "needs 2048 MiB, node2 has 0 MiB free",
            Plain.For(instance => instance with { MemoryMib = 2048 }) with { Others = [Instance("there", "node2", 9000)] },
            Plain.For(instance => instance with { MemoryMib = 2048, State = DomainState.ShutOff }) with { Others = [Instance("there", "node2", 9000)] }),
        new(RejectionKind.MemoryShort, "needs 4096 MiB, node2 has 4095 MiB free", WithReservation(4097, 0, 0), WithReservation(4096, 0, 0)),
        new(RejectionKind.VcpusShort, "needs 9 vCPUs, node2 has 8 free",
            Plain.For(instance => instance with { Vcpus = 9 }), Plain.For(instance => instance with { Vcpus = 8 })),
        new(RejectionKind.VcpusShort, "needs 1 vCPUs, node2 has 0 free", WithReservation(0, 8, 0), WithReservation(0, 7, 0)),
        new(RejectionKind.DiskShort, "needs 101 MiB of disk, node2 has 100 MiB free", WithLocalDisk(101), WithLocalDisk(100)),
        new(RejectionKind.DiskShort, "needs 51 MiB of disk, node2 has 50 MiB free",
            WithLocalDisk(51) with { Reservations = [new("node2", IdOf("other"), 0, 0, 50)] },
            WithLocalDisk(50) with { Reservations = [new("node2", IdOf("other"), 0, 0, 50)] }),
        new(RejectionKind.DiskShort, "needs 101 MiB of disk, node2 has 100 MiB free",
            WithLocalDisk(101).For(instance => instance with { State = DomainState.ShutOff }),
            WithLocalDisk(100).For(instance => instance with { State = DomainState.ShutOff })),

        new(RejectionKind.PagesShort, "needs 512 huge pages of 2048 KiB, node2 has 511 free", WithPages(300, 211), WithPages(300, 212)),
        new(RejectionKind.NumaMismatch, "its NUMA nodes (1024 MiB and 2 vCPUs, 512 MiB and 2 vCPUs) don't each fit into a cell of node2, which has 2",
            WithNodes(Cell(0, 1024, 2), Cell(1, 511, 2)), WithNodes(Cell(0, 1024, 2), Cell(1, 512, 2))),
        new(RejectionKind.NumaMismatch, "its NUMA nodes (1024 MiB and 2 vCPUs, 512 MiB and 2 vCPUs) don't each fit into a cell of node2, which has 2",
            WithNodes(Cell(0, 4096, 2), Cell(1, 4096, 1)), WithNodes(Cell(0, 4096, 2), Cell(1, 4096, 2))),
        new(RejectionKind.NumaMismatch, "its NUMA nodes (1024 MiB and 2 vCPUs, 512 MiB and 2 vCPUs) don't each fit into a cell of node2, which has 1",
            WithNodes(Cell(0, 8192, 8)), WithNodes(Cell(0, 8192, 8), Cell(1, 512, 2))),
        new(RejectionKind.NumaMismatch, "its NUMA nodes (1024 MiB and 2 vCPUs, 512 MiB and 2 vCPUs) don't each fit into a cell of node2, which has 2",
            WithNodes(Cell(0, 2048, 4, 600), Cell(1, 2048, 4, 168)).For(WithHugePages), WithNodes(Cell(0, 2048, 4, 512), Cell(1, 2048, 4, 256)).For(WithHugePages)),
        new(RejectionKind.DeviceMissing, "needs 2 of device pci 10de:1eb8, 1 are free on node2", WithDevices(1), WithDevices(2)),

        new(RejectionKind.CpuIncompatible, "node2's processor is not enough for it: lacks avx512f", WithCpu(new CpuFit(false, "lacks avx512f")), WithCpu(new CpuFit(true))),
        new(RejectionKind.CpuIncompatible, "node2's processor is not enough for it", WithCpu(new CpuFit(false)), WithCpu(new CpuFit(true))),
        new(RejectionKind.ArchitectureMissing, "needs architecture aarch64, node2 is x86_64",
            Plain.Asking(new() { Architecture = "aarch64" }).Offering(new() { Architecture = "x86_64" }),
            Plain.Asking(new() { Architecture = "x86_64" }).Offering(new() { Architecture = "x86_64" })),
        new(RejectionKind.ArchitectureMissing, "needs virtualization by kvm, node2 offers qemu",
            Plain.Asking(new() { DomainType = "kvm" }).Offering(new() { DomainTypes = new HashSet<string> { "qemu" } }),
            Plain.Asking(new() { DomainType = "kvm" }).Offering(new() { DomainTypes = new HashSet<string> { "kvm", "qemu" } })),
        new(RejectionKind.MachineTypeMissing, "node2 can't emulate machine type pc-q35-9.0",
            Plain.Asking(new() { MachineType = "pc-q35-9.0" }).Offering(new() { MachineTypes = new HashSet<string> { "pc-q35-7.2", "q35" } }),
            Plain.Asking(new() { MachineType = "pc-q35-7.2" }).Offering(new() { MachineTypes = new HashSet<string> { "pc-q35-7.2", "q35" } })),
        new(RejectionKind.FirmwareMissing, "node2 has no /usr/share/OVMF/CODE.fd, which it starts with; install the package that brings it", WithFirmware(false), WithFirmware(true)),
        new(RejectionKind.NetworkMissing, "node2 has no bridge br1",
            Plain.Asking(new() { Bridges = ["br0", "br1"] }).Offering(new() { Bridges = new HashSet<string> { "br0" } }),
            Plain.Asking(new() { Bridges = ["br0"] }).Offering(new() { Bridges = new HashSet<string> { "br0" } })),
        new(RejectionKind.NetworkMissing, "node2 has no libvirt network lan",
            Plain.Asking(new() { Networks = ["lan"] }).Offering(new() { Networks = new HashSet<string>(), Bridges = new HashSet<string> { "lan" } }),
            Plain.Asking(new() { Networks = ["lan"] }).Offering(new() { Networks = new HashSet<string> { "lan" }, Bridges = new HashSet<string>() })),

        new(RejectionKind.BreaksAffinity, "group web must stay together, and is on node3",
            MemberOn(Together, "node3"), MemberOn(Together, "node2")),
        new(RejectionKind.BreaksAntiAffinity, "node2 has 1 of group db already, 1 may be there", MemberOn(Apart, "node2"), MemberOn(Apart, "node3")),
        new(RejectionKind.BreaksAntiAffinity, "node2 has 2 of group db already, 2 may be there",
            MemberOn(Apart with { MaximumPerHost = 2 }, "node2", "node2"), MemberOn(Apart with { MaximumPerHost = 2 }, "node2", "node3")),
        new(RejectionKind.OutsideZone, "must stay in zone east, node2 is in zone west", Zoned("west"), Zoned("east")),
        new(RejectionKind.OutsideZone, "must stay in zone east, node2 is in none", Zoned(""), Zoned("east")),
        new(RejectionKind.OutsideAggregates, "must stay in fast or near, node2 is in far, slow", Aggregated("slow", "far"), Aggregated("slow", "near")),
        new(RejectionKind.OutsideAggregates, "must stay in fast or near, node2 is in no aggregate", Aggregated(), Aggregated("fast")),
        new(RejectionKind.TraitMissing, "requires tpm, which node2 has not", Required("ssd"), Required("ssd", "tpm")),
        new(RejectionKind.TraitForbidden, "forbids loud, which node2 has", Forbidding("loud"), Forbidding("quiet")),

        new(RejectionKind.DefinitionRefused, "node2 would not define it: unknown element <x>",
            Plain with { Refusals = [new(IdOf("a"), "node2", "unknown element <x>")] },
            Plain with { Refusals = [new(IdOf("a"), "node3", "unknown element <x>"), new(IdOf("b"), "node2", "another")] }),
        new(RejectionKind.NoRoute, "nova-compute on node2 is disabled",
            Plain with { Refusals = [new(IdOf("a"), "node2", "nova-compute on node2 is disabled") { NoRoute = true }] },
            Plain with { Refusals = [new(IdOf("a"), "node3", "nova-compute on node3 is disabled") { NoRoute = true }] }),
        new(RejectionKind.OptedOut, "its owner does not want it recovered; name a among the instances to recover it all the same",
            Plain.Wanting(new() { OptOut = true }),
            Plain.Wanting(new() { OptOut = true }) with { Request = new(["node1"], [IdOf("a")], []) }) { Host = "" },
        new(RejectionKind.ClassExcluded, "instances of class appliance heal themselves and are left alone; name a among the instances to recover it all the same",
            OfClass("appliance"), OfClass("appliances")) { Host = "" },
        new(RejectionKind.UnitMismatch, "needs 3 VGPU, node2 gives one instance 2 to 8 in steps of 2", Units(3), Units(4)),
        new(RejectionKind.UnitMismatch, "needs 9 VGPU, node2 gives one instance 2 to 8 in steps of 2", Units(9), Units(8)),
        new(RejectionKind.UnitMismatch, "needs 1 VGPU, node2 gives one instance 2 to 8 in steps of 2", Units(1), Units(2)),
        new(RejectionKind.HandedOver, "it has a vGPU: hand it to Nova's own evacuate",
            Plain.For(instance => instance with { Obstacle = "it has a vGPU: hand it to Nova's own evacuate" }), Plain) { Host = "" },
        new(RejectionKind.DependencyCycle, "a waits for itself: a, which waits for b, which waits for a; break the circle, or ask for dependencies to be ignored",
            Waiting("b"), Waiting("c")) { Host = "" },
    ];

    private static Question Units(int amount) => Plain
        .For(instance => instance with { Amounts = new Dictionary<string, int> { ["VGPU"] = amount, ["VCPU"] = 1 } })
        .On(host => host with { Units = new Dictionary<string, UnitLimits> { ["VGPU"] = new(2, 8, 2) } });

    private static Question WithBackingFile(string storage) => Plain.For(instance => instance with
    {
        Disks = [instance.Disks[0] with { BackingFiles = [new HostFile("backing", "/srv/images/base", storage, "base")] }],
    });

    private static Question WithNvram(string storage) => Plain.For(instance => instance with
    {
        Files = [new HostFile("nvram", "/srv/vars/a.fd", storage, "a.fd")],
    });

    private static Question WithVolume() => Plain.For(instance => instance with
    {
        Disks = [new Disk { Target = "vdb", Iscsi = new IscsiLun("10.0.0.5", 3260, "iqn.2004-10.com.example:a", 1) }],
    });

    private static Question WithReservation(long memoryMib, int vcpus, long diskMib) =>
        Plain.For(instance => instance with { MemoryMib = 4096 }) with { Reservations = [new("node2", IdOf("other"), memoryMib, vcpus, diskMib)] };

    private static Question WithLocalDisk(long diskMib) =>
        Plain.On(host => host with { DiskMib = 100 }).For(instance => instance with { DiskMib = diskMib });

    private static NumaCell Cell(int id, long memoryMib, int vcpus, long pages = 0) =>
        new(id, memoryMib, vcpus, new Dictionary<int, long> { [2048] = pages });

    private static Question WithPages(long first, long second) =>
        Plain.Asking(new() { PageSizeKib = 2048 }).Offering(new() { NumaCells = [Cell(0, 4096, 4, first), Cell(1, 4096, 4, second)] });

    private static Question WithNodes(params NumaCell[] cells) =>
        Plain.Asking(new() { NumaNodes = [new(1024, 2), new(512, 2)] }).Offering(new() { NumaCells = cells });

    private static Instance WithHugePages(Instance instance) =>
        instance with { MemoryMib = 1536, Requirements = instance.Requirements with { PageSizeKib = 2048 } };

    private static Question WithDevices(int free) =>
        Plain.Asking(new() { Devices = new Dictionary<string, int> { ["pci 10de:1eb8"] = 2 } })
            .Offering(new() { Devices = new Dictionary<string, int> { ["pci 10de:1eb8"] = free } });

    private static Question WithCpu(CpuFit fit) =>
        Plain.Asking(new() { Cpu = "Skylake" }).Offering(new() { Cpus = new Dictionary<string, CpuFit> { ["Skylake"] = fit } });

    private static Question WithFirmware(bool there) =>
        Plain.Asking(new() { Firmware = ["/usr/share/OVMF/CODE.fd"] })
            .Offering(new() { Firmware = new Dictionary<string, bool> { ["/usr/share/OVMF/CODE.fd"] = there } });

    // node3 is there to hold members, and takes nothing.
    private static Question MemberOn(InstanceGroup group, params string[] hosts) => Plain.Wanting(new() { Groups = [group] }) with
    {
        OtherHosts = [Host("node3", storages: "")],
        Others = [.. hosts.Select((host, number) => Instance($"member{number}", host) with { Policy = new() { Groups = [group] } })],
    };

    private static Question Zoned(string zone) => Plain.Wanting(new() { Zone = "east" }).On(host => host with { Zone = zone });

    private static Question Aggregated(params string[] aggregates) =>
        Plain.Wanting(new() { Aggregates = ["fast", "near"] }).On(host => host with { Aggregates = aggregates.ToHashSet() });

    private static Question Required(params string[] traits) =>
        Plain.Wanting(new() { RequiredTraits = ["ssd", "tpm"] }).On(host => host with { Traits = traits.ToHashSet() });

    private static Question Forbidding(string trait) =>
        Plain.Wanting(new() { ForbiddenTraits = ["loud"] }).On(host => host with { Traits = new HashSet<string> { trait } });

    private static Question OfClass(string kind) =>
        Plain.Wanting(new() { Class = kind }) with { Options = Plain.Options with { ExcludedClasses = "loadbalancer, appliance" } };

    private static Question Waiting(string forWhom) => Plain.Wanting(new() { After = [IdOf(forWhom)] }) with
    {
        Others = [Instance("b") with { Policy = new() { After = [IdOf("a")] } }],
    };
}
