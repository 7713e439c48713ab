using System.Reflection;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

/// <summary>
/// Instances of one signature share the answers of the host rules. Whatever such a rule reads must therefore be in it: a
/// new member of these records has to be put into one of the two lists here.
/// </summary>
public class SignatureTests
{
    private static readonly HostFile File = new("disk", "/srv/shared/vda", "shared", "vda");

    private static readonly Instance Plain = Instance("a") with { Disks = [new Disk { Target = "vda", File = File }] };

    private static readonly IReadOnlyDictionary<string, Func<Instance, Instance>> Read = new Dictionary<string, Func<Instance, Instance>>
    {
        ["HostRequirements.Architecture"] = instance => Asking(instance, new() { Architecture = "x86_64" }),
        ["HostRequirements.DomainType"] = instance => Asking(instance, new() { DomainType = "kvm" }),
        ["HostRequirements.MachineType"] = instance => Asking(instance, new() { MachineType = "q35" }),
        ["HostRequirements.Firmware"] = instance => Asking(instance, new() { Firmware = ["/rom"] }),
        ["HostRequirements.Cpu"] = instance => Asking(instance, new() { Cpu = "Skylake" }),
        ["HostRequirements.Bridges"] = instance => Asking(instance, new() { Bridges = ["br0"] }),
        ["HostRequirements.Networks"] = instance => Asking(instance, new() { Networks = ["br0"] }),
        ["InstancePolicy.Zone"] = instance => instance with { Policy = new() { Zone = "east" } },
        ["InstancePolicy.Aggregates"] = instance => instance with { Policy = new() { Aggregates = ["east"] } },
        ["InstancePolicy.RequiredTraits"] = instance => instance with { Policy = new() { RequiredTraits = ["east"] } },
        ["InstancePolicy.ForbiddenTraits"] = instance => instance with { Policy = new() { ForbiddenTraits = ["east"] } },
        ["Instance.Disks"] = instance => instance with { Disks = [] },
        ["Instance.Files"] = instance => instance with { Files = [File with { StorageId = "vars" }] },
        ["Disk.File"] = instance => OnDisk(instance, disk => disk with { File = null }),
        ["Disk.BackingFiles"] = instance => OnDisk(instance, disk => disk with { BackingFiles = [File with { StorageId = "images" }] }),
        ["Disk.BlockDevice"] = instance => OnDisk(instance, disk => disk with { BlockDevice = "/dev/vg/a" }),
        ["Disk.Iscsi"] = instance => OnDisk(instance, disk => disk with { Iscsi = new IscsiLun("10.0.0.5", 3260, "iqn", 1) }),
        ["Disk.Backend"] = instance => OnDisk(instance, disk => disk with { Iscsi = new IscsiLun("10.0.0.6", 3261, "iqn", 1) }),
        ["HostFile.StorageId"] = instance => OnDisk(instance, disk => disk with { File = File with { StorageId = "ssd" } }),
        ["HostFile.OnStorage"] = instance => OnDisk(instance, disk => disk with { File = File with { StorageId = "" } }),
    };

    private static readonly IReadOnlySet<string> NotRead = new HashSet<string>
    {
        // Rules of placement read these, for each instance anew.
        "HostRequirements.PageSizeKib", "HostRequirements.NumaNodes", "HostRequirements.Devices", "InstancePolicy.Groups",
        "Instance.Id", "Instance.Host", "Instance.MemoryMib", "Instance.Vcpus", "Instance.DiskMib", "Instance.State", "Instance.Intent",

        // These say who is placed when, or which host is better.
        "InstancePolicy.Priority", "InstancePolicy.OptOut", "InstancePolicy.Class", "InstancePolicy.After", "InstancePolicy.FormerHost", "InstancePolicy.Image",

        // Their members are listed on their own, or follow from what is.
        "Instance.Requirements", "Instance.Policy", "Instance.Volumes",

        // Names and numbers that only sentences and executors need.
        "Instance.Name", "Disk.Target", "Disk.Device", "Disk.Format", "Disk.ReadOnly", "Disk.Shareable", "Disk.SizeBytes", "Disk.LiveXml", "Disk.Network",
        "HostFile.Role", "HostFile.Path", "HostFile.PathInStorage", "HostFile.Format",
    };

    public static TheoryData<string> Members => [.. Read.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void What_a_host_rule_reads_makes_another_signature(string member) =>
        Assert.NotEqual(FeasibleHosts.Signature(Plain), FeasibleHosts.Signature(Read[member](Plain)));

    [Fact]
    public void No_two_of_these_differences_look_alike() =>
        Assert.Equal(Read.Count, Read.Values.Select(change => FeasibleHosts.Signature(change(Plain))).Distinct().Count());

    [Fact]
    public void Instances_that_ask_for_the_same_share_a_signature() =>
        Assert.Equal(FeasibleHosts.Signature(Plain), FeasibleHosts.Signature(Plain with { Id = IdOf("b"), Name = "b", MemoryMib = 1, Host = "node9" }));

    [Fact]
    public void Every_member_of_an_instance_is_known_here() =>
        Assert.Equal(
            new[] { typeof(Instance), typeof(InstancePolicy), typeof(HostRequirements), typeof(Disk), typeof(HostFile) }
                .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{type.Name}.{property.Name}"))
                .Order(StringComparer.Ordinal),
            Read.Keys.Concat(NotRead).Order(StringComparer.Ordinal));

    private static Instance Asking(Instance instance, HostRequirements requirements) => instance with { Requirements = requirements };

    private static Instance OnDisk(Instance instance, Func<Disk, Disk> change) => instance with { Disks = [change(instance.Disks[0])] };
}
