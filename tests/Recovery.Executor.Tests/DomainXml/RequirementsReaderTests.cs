using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class RequirementsReaderTests
{
    [Fact]
    public void given_an_ordinary_guest_when_read_then_it_asks_for_its_machine_its_networks_and_its_processor()
    {
        var asked = Read("""
            <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
            <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model><topology sockets='1' cores='2' threads='1'/></cpu>
            <devices>
              <interface type='network'><source network='tenants'/></interface>
              <interface type='bridge'><source bridge='br1'/></interface>
              <interface type='bridge'><source bridge='br0'/></interface>
              <interface type='bridge'><source bridge='br0'/></interface>
              <interface type='user'/>
            </devices>
            """);
        Assert.Equal(("x86_64", "kvm", "pc-q35-7.2"), (asked.Architecture, asked.DomainType, asked.MachineType));
        Assert.Equal(["br0", "br1"], asked.Bridges);
        Assert.Equal(["tenants"], asked.Networks);
        Assert.Null(asked.HugePages);
        Assert.Empty(asked.NumaNodes);
        Assert.Empty(asked.Devices);
        Assert.Equal("<cpu match=\"exact\" mode=\"custom\"><model fallback=\"forbid\">Skylake-Server</model></cpu>", asked.CpuXml);
    }

    [Fact]
    public void given_a_bare_definition_when_read_then_it_asks_for_nothing() =>
        Assert.Equal(("", "kvm", "", ""), Read("") is var asked ? (asked.Architecture, asked.DomainType, asked.MachineType, asked.CpuXml) : default);

    [Theory]
    [InlineData("", "")]
    [InlineData("<cpu><topology sockets='1' cores='4' threads='1'/></cpu>", "")]
    [InlineData("<cpu><numa><cell id='0' cpus='0' memory='512' unit='MiB'/></numa></cpu>", "")]
    [InlineData("<cpu mode='host-passthrough' check='none'/>", "<cpu check=\"none\" mode=\"host-passthrough\" />")]
    [InlineData("<cpu>\n  <model> EPYC </model>\n  <feature policy='require' name='svm'/>\n</cpu>", "<cpu><model>EPYC</model><feature name=\"svm\" policy=\"require\" /></cpu>")]
    [InlineData("<cpu check='none' mode='host-passthrough'></cpu>", "<cpu check=\"none\" mode=\"host-passthrough\" />")]
    public void given_a_processor_when_read_then_guests_that_ask_for_the_same_have_the_same_text(string cpu, string text) =>
        Assert.Equal(text, Read(cpu).CpuXml);

    public static TheoryData<string, uint?> Pages => new()
    {
        { "<hugepages/>", null },
        { "<hugepages><page size='1' unit='GiB'/></hugepages>", 1048576 },
        { "<hugepages><page size='2048'/><page size='1048576' unit='KiB' nodeset='1'/></hugepages>", 1048576 },
        { "<hugepages><page size='2' unit='M'/></hugepages>", 2048 },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void given_huge_pages_when_read_then_the_largest_size_is_told_and_none_for_the_hosts_default(string pages, uint? kib) =>
        Assert.Equal(new HugePages(kib), Read($"<memoryBacking>{pages}</memoryBacking>").HugePages);

    public static TheoryData<string, GuestNode[]> Nodes => new()
    {
        { "", [] },
        { "<numatune><memory mode='strict' placement='auto'/></numatune>", [] },
        { "<numatune><memory mode='preferred' nodeset='0'/></numatune>", [] },
        { "<numatune><memory mode='strict' nodeset='0'/></numatune>", [new(1024, 4)] },
        { Cells, [] },
        { Cells + "<numatune><memory mode='strict' nodeset='0-1'/></numatune>", [new(512, 3), new(256, 1)] },
        { Cells + "<numatune><memnode cellid='1' mode='strict' nodeset='1'/></numatune>", [new(256, 1)] },
    };

    private const string Cells = "<cpu><numa><cell id='0' cpus='0-3,^2' memory='524288'/><cell id='1' cpus='2' memory='256' unit='MiB'/></numa></cpu>";

    [Theory]
    [MemberData(nameof(Nodes))]
    public void given_numa_nodes_when_read_then_only_those_that_are_bound_to_the_host_are_told(string content, GuestNode[] nodes) =>
        Assert.Equal(nodes, Read(content).NumaNodes);

    [Fact]
    public void given_hardware_of_the_host_when_read_then_each_device_is_told_by_its_place() => Assert.Equal(
        [
            new GivenDevice("pci", "0000:3b:00.1"), new GivenDevice("mdev", "c2177883-f1bb-47f0-914d-32a22e3a8804"),
            new GivenDevice("usb", "0x1234:0xbeef"), new GivenDevice("pci", "0000:04:10.2"),
        ],
        Read("""
            <devices>
              <hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source></hostdev>
              <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>
              <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>
              <interface type='hostdev'><source><address type='pci' domain='0x0000' bus='0x04' slot='0x10' function='0x2'/></source></interface>
            </devices>
            """).Devices);

    [Theory]
    [InlineData("<memoryBacking><hugepages><page size='some'/></hugepages></memoryBacking>")]
    [InlineData("<cpu><numa><cell id='0' cpus='zero' memory='1'/></numa></cpu><numatune><memory nodeset='0'/></numatune>")]
    [InlineData("<cpu><numa><cell id='0' cpus='0-4294967296' memory='1'/></numa></cpu><numatune><memory nodeset='0'/></numatune>")]
    [InlineData("<cpu><numa><cell id='0' cpus='3-1' memory='1'/></numa></cpu><numatune><memory nodeset='0'/></numatune>")]
    [InlineData("<cpu><numa><cell id='0' cpus='0'/></numa></cpu><numatune><memory nodeset='0'/></numatune>")]
    public void given_a_size_that_cannot_be_told_when_read_then_the_fault_is_named(string content) =>
        Assert.Throws<DomainXmlException>(() => Read(content));

    [Fact]
    public void every_golden_definition_can_be_read()
    {
        foreach (var each in GoldenCase.All)
        {
            var asked = RequirementsReader.Read(each.Input, DomainReader.Read(each.Input));
            Assert.NotEqual("", asked.DomainType);
        }
    }

    private static DomainRequirements Read(string content)
    {
        var domain = $"<domain type='kvm'><name>a</name><uuid>0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001</uuid><memory unit='MiB'>1024</memory><vcpu>4</vcpu>{content}</domain>";
        return RequirementsReader.Read(domain, DomainReader.Read(domain));
    }
}
