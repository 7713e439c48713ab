using Recovery.ControlPlane.Executors;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class ProtoMappingTests
{
    [Fact]
    public void Given_a_domain_when_it_is_read_then_nothing_of_it_is_lost()
    {
        var domain = Good();
        domain.Disks.Add(new Proto.Disk
        {
            Target = "vda", Device = "disk", Format = "qcow2", ReadOnly = true, Shareable = true, SizeBytes = 77,
            File = new Proto.HostFile { Role = "disk", Path = "/srv/a", StorageId = "nfs-1", PathInStorage = "a", Format = "qcow2" },
            BackingFiles = { new Proto.HostFile { Role = "backing", Path = "/srv/base", StorageId = "nfs-1", PathInStorage = "base", Format = "raw" } },
        });
        domain.Disks.Add(new Proto.Disk
        {
            Target = "vdb", Device = "disk", LiveOnly = true, LiveXml = "<disk/>",
            Iscsi = new Proto.IscsiLun { PortalHost = "10.0.0.9", PortalPort = 3260, TargetName = "iqn.x:y", Lun = 3, ChapUsername = "u", InitiatorName = "iqn.i" },
        });
        domain.Disks.Add(new Proto.Disk { Target = "vdc", Device = "disk", BlockDevice = "/dev/sdb" });
        domain.Disks.Add(new Proto.Disk { Target = "vdd", Device = "disk", Network = "rbd:pool/image" });
        domain.Disks.Add(new Proto.Disk { Target = "sda", Device = "cdrom" });
        domain.Files.Add(new Proto.HostFile { Role = "nvram", Path = "/var/n", StorageId = "", PathInStorage = "" });

        var row = ProtoMapping.ToRow(domain, "node1", DateTimeOffset.UnixEpoch, out var faults)!;

        Assert.Empty(faults);
        Assert.Equal(("node1", "web", DomainState.Paused, true, true, 512L, 2), (row.Host, row.Name, row.State, row.Persistent, row.Autostart, row.MemoryMib, row.Vcpus));
        Assert.Equal(new HostFile("nvram", "/var/n", "", ""), Assert.Single(row.Files));
        Assert.Equal(
            [
                new Disk
                {
                    Target = "vda", Format = "qcow2", ReadOnly = true, Shareable = true, SizeBytes = 77,
                    File = new HostFile("disk", "/srv/a", "nfs-1", "a", "qcow2"),
                    BackingFiles = row.Disks[0].BackingFiles,
                },
                new Disk { Target = "vdb", LiveXml = "<disk/>", Iscsi = new IscsiLun("10.0.0.9", 3260, "iqn.x:y", 3, "u", "iqn.i"), BackingFiles = row.Disks[1].BackingFiles },
                new Disk { Target = "vdc", BlockDevice = "/dev/sdb", BackingFiles = row.Disks[2].BackingFiles },
                new Disk { Target = "vdd", Network = "rbd:pool/image", BackingFiles = row.Disks[3].BackingFiles },
                new Disk { Target = "sda", Device = "cdrom", BackingFiles = row.Disks[4].BackingFiles },
            ],
            row.Disks);
        Assert.Equal([new HostFile("backing", "/srv/base", "nfs-1", "base", "raw")], row.Disks[0].BackingFiles);
    }

    public static TheoryData<string, Action<Proto.Domain>> Faults => new()
    {
        { "uuid", domain => domain.Uuid = "" },
        { "uuid", domain => domain.Uuid = "not-a-uuid" },
        { "uuid", domain => domain.Uuid = "11111111111141118111111111111111" },
        { "uuid", domain => domain.Uuid = Guid.Empty.ToString() },
        { "name", domain => domain.Name = " " },
        { "definition", domain => domain.Definition = "" },
        { "state", domain => domain.State = Proto.DomainState.Unspecified },
        { "state", domain => domain.State = (Proto.DomainState)99 },
        { "memory", domain => domain.MemoryMib = ulong.MaxValue },
        { "vCPUs", domain => domain.Vcpus = uint.MaxValue },
        { "target", domain => domain.Disks.Add(new Proto.Disk()) },
        { "size", domain => domain.Disks.Add(new Proto.Disk { Target = "vda", SizeBytes = ulong.MaxValue }) },
        { "iSCSI", domain => domain.Disks.Add(new Proto.Disk { Target = "vda", Iscsi = new Proto.IscsiLun { PortalPort = 70000, TargetName = "iqn.x" } }) },
        { "iSCSI", domain => domain.Disks.Add(new Proto.Disk { Target = "vda", Iscsi = new Proto.IscsiLun { PortalPort = 3260 } }) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Given_a_domain_that_is_malformed_when_it_is_read_then_it_is_refused_and_the_fault_is_named(string named, Action<Proto.Domain> spoil)
    {
        var domain = Good();
        spoil(domain);

        Assert.Null(ProtoMapping.ToRow(domain, "node1", DateTimeOffset.UnixEpoch, out var faults));

        Assert.Contains(named, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_code_has_the_name_that_the_journal_keeps()
    {
        Assert.Equal("STALE_EPOCH", ProtoMapping.NameOf(Proto.ErrorCode.StaleEpoch));
        Assert.All(Enum.GetValues<Proto.ErrorCode>(), code => Assert.Matches("^[A-Z_]+$", ProtoMapping.NameOf(code)));
    }

    private static Proto.Domain Good() => new()
    {
        Uuid = "11111111-1111-4111-8111-111111111111",
        Name = "web",
        State = Proto.DomainState.Paused,
        Persistent = true,
        Autostart = true,
        Definition = "<domain/>",
        MemoryMib = 512,
        Vcpus = 2,
    };
}
