using System.Xml.Linq;
using Recovery.Executor.DomainXml;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

public sealed class AttachXmlTests
{
    private const string Live = """
        <disk type='block' device='disk'><driver name='qemu' type='raw'/><source dev='/dev/disk/by-path/x' index='2'/><backingStore/>
        <target dev='vdb' bus='virtio'/><serial>volume-1</serial><alias name='virtio-disk1'/>
        <address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/></disk>
        """;

    [Fact]
    public void The_source_becomes_the_volume_with_its_secret_and_the_guests_view_stays()
    {
        var disk = XElement.Parse(AttachXml.For(Volume(Live), "recovery/i/iqn.x:v"));
        Assert.Equal("network", disk.Attribute("type")!.Value);
        Assert.Equal("iqn.x:v/3", disk.Element("source")!.Attribute("name")!.Value);
        Assert.Equal("recovery/i/iqn.x:v", disk.Element("source")!.Element("auth")!.Element("secret")!.Attribute("usage")!.Value);
        Assert.NotNull(disk.Element("address"));
        Assert.Equal("volume-1", disk.Element("serial")!.Value);
        Assert.DoesNotContain(disk.Elements(), element => element.Name.LocalName is "alias" or "backingStore");
    }

    [Theory]
    [InlineData("<disk><target dev='vdc'/></disk>")]
    [InlineData("<interface><target dev='vdb'/></interface>")]
    [InlineData("<disk>")]
    [InlineData("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><disk><target dev='vdb'/>&x;</disk>")]
    public void What_is_no_disk_element_of_this_volume_is_refused(string xml) =>
        Assert.Throws<DomainXmlException>(() => AttachXml.For(Volume(xml), "u"));

    private static Volume Volume(string xml) => new()
    {
        DiskTarget = "vdb",
        AttachXml = xml,
        Iscsi = new IscsiLun { PortalHost = "10.0.0.1", PortalPort = 3260, TargetName = "iqn.x:v", Lun = 3, ChapUsername = "u" },
    };
}
