using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class DomainReaderTests
{
    [Fact]
    public void given_a_guest_of_nova_when_read_then_its_size_disks_and_files_are_told()
    {
        var facts = DomainReader.Read(GoldenCase.Of("nova-nfs-volume").Input);
        const string Folder = "/var/lib/openstack-bed/instances/e6244565-8886-45fb-a560-1b04a895daba";
        Assert.Equal(("e6244565-8886-45fb-a560-1b04a895daba", "instance-00000010", 96ul, 1u), (facts.Uuid, facts.Name, facts.MemoryMiB, facts.Vcpus));
        Assert.Equal(
            [
                new DiskFacts("vda", "disk", "qcow2", false, false, new FileSource($"{Folder}/disk")),
                new DiskFacts("vdb", "disk", "raw", false, false, new FileSource("/var/lib/openstack-bed/nova/node1/mnt/223dc1526c053fa682a3204acdcac061/volume-caa8c9ba-0a72-4108-83b2-1859432f1719")),
            ],
            facts.Disks);
        Assert.Equal([new FileFacts("kernel", $"{Folder}/kernel"), new FileFacts("initrd", $"{Folder}/ramdisk")], facts.Files);
        Assert.Empty(facts.Firmware);
    }

    [Fact]
    public void given_a_running_and_a_stopped_guest_when_read_then_the_facts_are_the_same()
    {
        var running = DomainReader.Read(GoldenCase.Of("nova-nfs-volume-running").Input);
        var stopped = DomainReader.Read(GoldenCase.Of("nova-nfs-volume").Input);
        Assert.Equal(stopped.Disks, running.Disks);
        Assert.Equal(stopped.Files, running.Files);
        Assert.Equal((stopped.MemoryMiB, stopped.Vcpus), (running.MemoryMiB, running.Vcpus));
    }

    [Fact]
    public void given_secure_boot_when_read_then_nvram_is_a_file_and_the_loader_is_firmware()
    {
        var facts = DomainReader.Read(GoldenCase.Of("secure-boot").Input);
        Assert.Equal([new FileFacts("nvram", "/srv/images/nvram/secure-boot_VARS.fd")], facts.Files);
        Assert.Equal([new FileFacts("loader", "/usr/share/OVMF/OVMF_CODE_4M.ms.fd")], facts.Firmware);
    }

    [Fact]
    public void given_shared_directories_when_read_then_they_are_files_that_it_needs() => Assert.Equal(
        [new FileFacts("filesystem", "/srv/images/shared-tree"), new FileFacts("filesystem", "/srv/images/nine")],
        DomainReader.Read(GoldenCase.Of("virtiofs-and-9p").Input).Files);

    public static TheoryData<string, DiskSource> Sources => new()
    {
        { "<disk type='file'><source file='/a/b'/><target dev='vda'/></disk>", new FileSource("/a/b") },
        { "<disk><source file='/a/b'/><target dev='vda'/></disk>", new FileSource("/a/b") },
        { "<disk type='dir'><source dir='/a'/><target dev='vda'/></disk>", new FileSource("/a") },
        { "<disk type='file' device='cdrom'><target dev='vda'/></disk>", new NoSource() },
        { "<disk type='block'><source dev='/dev/vg/lv'/><target dev='vda'/></disk>", new BlockSource("/dev/vg/lv", null) },
        { "<disk type='block'><source dev='/dev/disk/by-path/ip-192.0.2.5:3260-iscsi-iqn.2004-10.com.example:a-lun-b-lun-7'/><target dev='vda'/></disk>", new BlockSource("/dev/disk/by-path/ip-192.0.2.5:3260-iscsi-iqn.2004-10.com.example:a-lun-b-lun-7", new IscsiSource("192.0.2.5", 3260, "iqn.2004-10.com.example:a-lun-b", 7, null, null)) },
        { "<disk type='block'><source dev='/dev/disk/by-path/pci-0000:00:03.0-ip-[fd00::5]:3261-iscsi-iqn.x-lun-0'/><target dev='vda'/></disk>", new BlockSource("/dev/disk/by-path/pci-0000:00:03.0-ip-[fd00::5]:3261-iscsi-iqn.x-lun-0", new IscsiSource("fd00::5", 3261, "iqn.x", 0, null, null)) },
        { "<disk type='block'><source dev='/dev/disk/by-path/ip-192.0.2.5:3260-iscsi-iqn.x-lun-0-part1'/><target dev='vda'/></disk>", new BlockSource("/dev/disk/by-path/ip-192.0.2.5:3260-iscsi-iqn.x-lun-0-part1", null) },
        { "<disk type='network'><source protocol='iscsi' name='iqn.x:y/2'><host name='s'/></source><target dev='vda'/></disk>", new IscsiSource("s", 3260, "iqn.x:y", 2, null, null) },
        { "<disk type='network'><source protocol='iscsi' name='iqn.x:y'><host name='s' port='99'/><initiator><iqn name='iqn.i'/></initiator><auth username='u'/></source><target dev='vda'/></disk>", new IscsiSource("s", 99, "iqn.x:y", 0, "u", "iqn.i") },
        { "<disk type='network'><auth username='old'/><source protocol='iscsi' name='iqn.x:y/0'><host name='s'/></source><target dev='vda'/></disk>", new IscsiSource("s", 3260, "iqn.x:y", 0, "old", null) },
        { "<disk type='network'><source protocol='rbd' name='pool/image'/><target dev='vda'/></disk>", new NetworkSource("rbd:pool/image") },
        { "<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>", new NetworkSource("volume:p/v") },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void given_a_disk_when_read_then_its_source_is_told(string disk, DiskSource source) =>
        Assert.Equal(source, DomainReader.Read(Domain($"<memory>1</memory><devices>{disk}</devices>")).Disks.Single().Source);

    [Fact]
    public void given_drives_and_flags_when_read_then_a_cdrom_is_read_only_and_raw_is_the_default()
    {
        var disks = DomainReader.Read(Domain("""
            <memory>1</memory><devices>
            <disk device='cdrom'><target dev='sda'/></disk><disk device='floppy'><target dev='fda'/></disk>
            <disk><driver type='qcow2'/><source file='/a'/><target dev='vda'/><readonly/></disk><disk><source file='/b'/><target dev='vdb'/><shareable/></disk>
            </devices>
            """)).Disks;
        Assert.Equal(
            [("sda", "cdrom", "raw", true, false), ("fda", "floppy", "raw", false, false), ("vda", "disk", "qcow2", true, false), ("vdb", "disk", "raw", false, true)],
            disks.Select(disk => (disk.Target, disk.Device, disk.Format, disk.ReadOnly, disk.Shareable)));
    }

    [Theory]
    [InlineData("<memory>1024</memory>", 1)]
    [InlineData("<memory>1025</memory>", 2)]
    [InlineData("<memory unit='KiB'>2097152</memory>", 2048)]
    [InlineData("<memory unit='k'>2048</memory>", 2)]
    [InlineData("<memory unit='b'>1</memory>", 1)]
    [InlineData("<memory unit='bytes'>1048577</memory>", 2)]
    [InlineData("<memory unit='KB'>1000</memory>", 1)]
    [InlineData("<memory unit='MB'>100</memory>", 96)]
    [InlineData("<memory unit='M'>5</memory>", 5)]
    [InlineData("<memory unit='GiB'>2</memory>", 2048)]
    [InlineData("<memory unit='G'>2</memory>", 2048)]
    [InlineData("<memory unit='GB'>2</memory>", 1908)]
    [InlineData("<memory unit='TiB'>1</memory>", 1048576)]
    public void given_any_unit_of_libvirt_when_read_then_memory_is_in_mib_rounded_up(string memory, ulong mib) =>
        Assert.Equal(mib, DomainReader.Read(Domain(memory)).MemoryMiB);

    [Theory]
    [InlineData("")]
    [InlineData("<memory>much</memory>")]
    [InlineData("<memory>-1</memory>")]
    [InlineData("<memory unit='pages'>1</memory>")]
    [InlineData("<memory unit='EiB'>18446744073709551615</memory>")]
    [InlineData("<memory>1</memory><vcpu>0</vcpu>")]
    [InlineData("<memory>1</memory><vcpu>two</vcpu>")]
    [InlineData("<memory>1</memory><devices><disk type='network'><source protocol='iscsi' name='iqn.x/one'/><target dev='vda'/></disk></devices>")]
    [InlineData("<memory>1</memory><devices><disk type='network'><source protocol='iscsi' name='iqn.x/1'><host name='a' port='70000'/></source><target dev='vda'/></disk></devices>")]
    public void given_a_size_or_lun_that_cannot_be_told_when_read_then_the_fault_is_named(string content) =>
        Assert.Throws<DomainXmlException>(() => DomainReader.Read(Domain(content)));

    [Fact]
    public void given_a_uuid_without_dashes_when_read_then_it_is_in_lower_case_with_dashes() => Assert.Equal(
        "0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001",
        DomainReader.Read("<domain type='kvm'><name>a</name><uuid>0B4CBB4C6DF14D119F0C6F8B6B5A0001</uuid><memory>1</memory></domain>").Uuid);

    private static string Domain(string content) => $"<domain type='kvm'><name>a</name><uuid>0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001</uuid>{content}</domain>";
}
