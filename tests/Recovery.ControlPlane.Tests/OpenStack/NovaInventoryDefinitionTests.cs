using System.Xml.Linq;
using System.Xml.XPath;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.OpenStack.Definitions;
using Recovery.Core.Inventory;
using static Recovery.ControlPlane.Tests.OpenStack.NovaCloud;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>Whose definition is used: the one that its host reported, or one that is made of Nova's rows.</summary>
public sealed class NovaInventoryDefinitionTests
{
    private const string Other = "11111111-0000-4000-8000-000000000000";

    private static readonly NetworkPort Tap = new(
        Guid.Parse(Port), PortKind.LinuxBridge, "brq662cb552-dc", "tap761e7e6a-96", "fa:16:3e:34:8c:53", 1500);

    [Fact]
    public async Task What_its_host_reported_is_used_as_it_is()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.TellAsync("node1", Reported());

        var kept = await cloud.DefinitionAsync();

        Assert.Equal(KeptInstance.Xml("vm-1").ToString(), kept.Definition);
        Assert.Equal(("EPYC", "shared", Some.Moment), (kept.SourceCpuModel, Assert.Single(kept.SourceStorages).Id, kept.ReportedAt));
        Assert.Empty(kept.Guessed);
        Assert.Empty(kept.Refusals);
        Assert.Equal([Tap], kept.Ports);
    }

    // A copy that a returned host still has is not the instance's.
    [Fact]
    public async Task What_another_host_reported_is_not()
    {
        await using var cloud = await NovaCloud.StartAsync();
        var stale = Reported();
        stale.Host = "node3";
        await cloud.TellAsync("node3", stale);

        Assert.NotEmpty((await cloud.DefinitionAsync()).Guessed);
    }

    [Fact]
    public async Task What_no_host_ever_reported_is_made_and_says_so()
    {
        await using var cloud = await NovaCloud.StartAsync(with: options => options with { Definitions = new() { VirtType = "qemu", CpuMode = "none", VncListen = "" } });

        var kept = await cloud.DefinitionAsync();

        Assert.Equal("e6244565-8886-45fb-a560-1b04a895daba", XElement.Parse(kept.Definition).Element("uuid")!.Value);
        Assert.StartsWith("node1 never reported it", Assert.Single(kept.Guessed), StringComparison.Ordinal);
        Assert.Empty(kept.Refusals);
        Assert.Equal((Now, ""), (kept.ReportedAt, kept.SourceCpuModel));
        Assert.Equal([Tap], kept.Ports);
    }

    public static TheoryData<Action<XElement>, string> Unlike => new()
    {
        { disk => disk.SetAttributeValue("type", "block"), $"Volume {Volume} at vdb is as Nova has it, in place of what node1 saw there." },
        { disk => disk.Element("serial")!.Value = Other, $"Volume {Other} at vdb, which node1 had, is left out: Nova does not have it any more.|Volume {Volume} at vdb, which node1 did not have, is as Nova has it." },
        { disk => disk.Remove(), $"Volume {Volume} at vdb, which node1 did not have, is as Nova has it." },
        {
            disk => disk.AddAfterSelf(new XElement("disk", new XElement("target", new XAttribute("dev", "vdc")), new XElement("serial", Other))),
            $"Volume {Other} at vdc, which node1 had, is left out: Nova does not have it any more."
        },
    };

    // The old one may name a volume that somebody else has by now, or a device that only its host had.
    [Theory]
    [MemberData(nameof(Unlike))]
    public async Task Volumes_are_as_Nova_has_them_and_all_else_is_as_it_was_reported(Action<XElement> change, string said)
    {
        await using var cloud = await NovaCloud.StartAsync();
        var domain = Reported();
        var xml = KeptInstance.Xml("vm-1");
        xml.Element("description")?.Remove();
        xml.Add(new XElement("description", "kept"));
        change(xml.XPathSelectElement("devices/disk[serial]")!);
        domain.Definition = xml.ToString();
        await cloud.TellAsync("node1", domain);

        var kept = await cloud.DefinitionAsync();

        Assert.Equal(said, string.Join('|', kept.Guessed));
        var mended = XElement.Parse(kept.Definition);
        var disk = Assert.Single(mended.XPathSelectElements("devices/disk[serial]"));
        Assert.Equal((Volume, "file", "vdb"), (disk.Element("serial")!.Value, disk.Attribute("type")!.Value, disk.Element("target")!.Attribute("dev")!.Value));
        Assert.Equal("kept", mended.Element("description")!.Value);
        Assert.Empty(kept.Refusals);
    }

    [Fact]
    public async Task A_device_of_its_session_becomes_QEMUs_own_where_the_guest_sees_it_at_the_same_address()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync(
            "nova",
            """UPDATE block_device_mapping SET connection_info = '{"driver_volume_type": "iscsi", "data": {"target_portal": "10.0.0.5:3260", "target_iqn": "iqn.a", "target_lun": 1}}' WHERE destination_type = 'volume'""");
        var domain = Reported();
        var xml = KeptInstance.Xml("vm-1");
        var device = xml.XPathSelectElement("devices/disk[serial]")!;
        var address = device.Element("address")!.ToString();
        device.SetAttributeValue("type", "block");
        device.Element("source")!.ReplaceWith(new XElement("source", new XAttribute("dev", "/dev/disk/by-path/ip-10.0.0.5:3260-iscsi-iqn.a-lun-1")));
        domain.Definition = xml.ToString();
        await cloud.TellAsync("node1", domain);

        var disk = XElement.Parse((await cloud.DefinitionAsync()).Definition).XPathSelectElement("devices/disk[serial]")!;

        Assert.Equal(("network", "iqn.a/1", address), (disk.Attribute("type")!.Value, disk.Element("source")!.Attribute("name")!.Value, disk.Element("address")!.ToString()));
    }

    [Fact]
    public async Task A_definition_that_is_broken_is_refused()
    {
        await using var cloud = await NovaCloud.StartAsync();
        var domain = Reported();
        domain.Definition = "<domain>";
        await cloud.TellAsync("node1", domain);

        Assert.Contains("can't be read as XML", Assert.Single((await cloud.DefinitionAsync()).Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_that_Nova_forgot_are_as_Neutron_binds_them()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync("nova", $"UPDATE instance_info_caches SET network_info = '[]' WHERE instance_uuid = '{Vm1}'");

        var kept = await cloud.DefinitionAsync();

        Assert.Equal([Tap with { Mtu = 0 }], kept.Ports);
        Assert.Contains(kept.Guessed, guess => guess.StartsWith("Nova remembers no network cards", StringComparison.Ordinal));
        Assert.Equal("brq662cb552-dc", XElement.Parse(kept.Definition).XPathSelectElement("devices/interface/source")!.Attribute("bridge")!.Value);
    }

    [Theory]
    [InlineData("$[0].type", "ovs", "{}", PortKind.OpenVswitch, "")]
    [InlineData("$[0].type", "ovs", """{"ovs_hybrid_plug": true}""", PortKind.OpenVswitch, "ovs_hybrid_plug")]
    [InlineData("$[0].type", "vhostuser", "{}", PortKind.LinuxBridge, "vhost-user")]
    [InlineData("$[0].vnic_type", "direct", "{}", PortKind.LinuxBridge, "vnic_type 'direct'")]
    public async Task A_port_that_no_executor_can_plug_is_told_of_and_refused(string path, string value, string details, PortKind kind, string refusal)
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.TellAsync("node1", Reported());
        await cloud.Databases.ExecuteAsync(
            "nova",
            $"UPDATE instance_info_caches SET network_info = JSON_SET(network_info, '{path}', '{value}', '$[0].details', JSON_EXTRACT('{details}', '$')) WHERE instance_uuid = '{Vm1}'");

        var kept = await cloud.DefinitionAsync();

        Assert.Equal(kind, Assert.Single(kept.Ports).Kind);
        Assert.Contains(refusal, string.Join(" ", kept.Refusals), StringComparison.Ordinal);
        Assert.Equal(refusal.Length > 0, kept.Definable.Length == 0);
    }

    [Fact]
    public async Task Rows_that_nobody_understands_are_one_instances_trouble()
    {
        await using var cloud = await NovaCloud.StartAsync();
        await cloud.Databases.ExecuteAsync("nova", $$"""UPDATE instance_info_caches SET network_info = '[{"id": "x", "network": "broken"}]' WHERE instance_uuid = '{{Vm1}}'""");
        var other = await cloud.IdAsync("vm-2");

        var kept = await cloud.Inventory.DefinitionsAsync([Vm1, other], TestContext.Current.CancellationToken);

        Assert.Contains("can't be understood", Assert.Single(kept[Vm1].Refusals), StringComparison.Ordinal);
        Assert.Empty(kept[other].Refusals);
    }

    private static DomainRow Reported()
    {
        var domain = Some.Domain("node1", Vm1);
        domain.Definition = KeptInstance.Xml("vm-1").ToString();
        return domain;
    }
}
