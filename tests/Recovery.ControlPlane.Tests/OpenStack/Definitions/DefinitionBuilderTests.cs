using System.Text.Json.Nodes;
using System.Xml.Linq;
using System.Xml.XPath;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Definitions;

namespace Recovery.ControlPlane.Tests.OpenStack.Definitions;

public sealed class DefinitionBuilderTests
{
    private const string VolumeId = "caa8c9ba-0a72-4108-83b2-1859432f1719";

    /// <summary>nova.conf of the host that the kept definitions were made on.</summary>
    private static readonly DefinitionPlace Bed = new()
    {
        InstancesPath = "/var/lib/openstack-bed/instances",
        NfsMountBase = "/var/lib/openstack-bed/nova/node1/mnt",
        NovaVersion = "26.2.2",
        VirtType = "qemu",
        CpuMode = "none",
    };

    private static readonly InstanceFacts Server = KeptInstance.Facts("vm-1");

    [Theory]
    [InlineData("vm-1")]
    [InlineData("vm-2")]
    [InlineData("vm-3")]
    public void The_definition_built_of_the_rows_is_the_one_that_libvirt_had(string name)
    {
        var built = DefinitionBuilder.Build(KeptInstance.Facts(name), Bed);
        Assert.Empty(built.Missing);
        Assert.Empty(built.Refusals);
        Assert.Equal(WhatNovaWrote.Of(KeptInstance.Xml(name)), WhatNovaWrote.Of(XElement.Parse(built.Xml)));
    }

    [Theory]
    [InlineData("pc", "x86_64", "pc")]
    [InlineData("q35", "x86_64", "q35")]
    [InlineData("pc-q35-7.2", "x86_64", "pc-q35-7.2")]
    [InlineData("virt", "aarch64", "virt")]
    [InlineData(null, "x86_64", "pc-i440fx-6.2")]
    public void The_machine_type_is_the_one_that_the_instance_remembers_or_else_the_configured_one(string? remembered, string architecture, string expected)
    {
        var facts = WithImage(("hw_machine_type", remembered), ("hw_architecture", architecture));
        var type = Parsed(facts, Bed with { MachineType = "pc-i440fx-6.2" }).XPathSelectElement("os/type")!;
        Assert.Equal((expected, architecture), (type.Attribute("machine")!.Value, type.Attribute("arch")!.Value));
    }

    [Fact]
    public void Without_any_machine_type_it_is_refused() =>
        Assert.Contains("machine type", Assert.Single(DefinitionBuilder.Build(WithImage(("hw_machine_type", null)), Bed).Refusals), StringComparison.Ordinal);

    [Theory]
    [InlineData("q35", "sata", "sda")]
    [InlineData("pc", "ide", "hda")]
    public void A_config_drive_is_a_cdrom_and_its_file_is_said_to_be_needed(string machine, string bus, string device)
    {
        var facts = WithImage(("hw_machine_type", machine), ("hw_cdrom_bus", null));
        var built = DefinitionBuilder.Build(facts with { Instance = facts.Instance with { ConfigDrive = "True" } }, Bed);
        Assert.Contains("disk.config", Assert.Single(built.Missing), StringComparison.Ordinal);
        var disk = XElement.Parse(built.Xml).XPathSelectElement("devices/disk[@device='cdrom']")!;
        Assert.Equal((device, bus), (disk.Element("target")!.Attribute("dev")!.Value, disk.Element("target")!.Attribute("bus")!.Value));
        Assert.EndsWith($"/{Server.Instance.Uuid}/disk.config", disk.Element("source")!.Attribute("file")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge", "{}", false, "bridge", "brq662cb552-dc", false)]
    [InlineData("ovs", """{"ovs_hybrid_plug":true}""", true, "bridge", "qbr761e7e6a-96", false)]
    [InlineData("ovs", "{}", true, "ethernet", null, false)]
    [InlineData("ovs", "{}", false, "bridge", "brq662cb552-dc", true)]
    public void A_port_becomes_what_its_vif_type_asks_for(string type, string details, bool delegates, string expected, string? bridge, bool virtualPort)
    {
        var card = Parsed(WithPort(port =>
        {
            port["type"] = type;
            port["details"] = JsonNode.Parse(details);
            port["delegate_create"] = delegates;
        }), Bed).XPathSelectElement("devices/interface")!;
        Assert.Equal(expected, card.Attribute("type")!.Value);
        Assert.Equal(bridge, card.Element("source")?.Attribute("bridge")?.Value);
        Assert.Equal(virtualPort, card.Element("virtualport") is not null);
        Assert.Equal("tap761e7e6a-96", card.Element("target")!.Attribute("dev")!.Value);
    }

    [Theory]
    [InlineData("vhostuser", "normal")]
    [InlineData("unbound", "normal")]
    [InlineData("binding_failed", "normal")]
    [InlineData("hw_veb", "direct")]
    [InlineData("macvtap", "macvtap")]
    [InlineData("tap", "normal")]
    public void A_port_that_is_plugged_otherwise_is_refused(string type, string vnic)
    {
        var built = DefinitionBuilder.Build(WithPort(port => (port["type"], port["vnic_type"]) = (type, vnic)), Bed);
        Assert.Contains("761e7e6a-965c-4777-b205-577983785168", Assert.Single(built.Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public void An_iscsi_volume_is_a_disk_of_QEMUs_own_initiator_and_its_password_is_nowhere()
    {
        var built = DefinitionBuilder.Build(WithVolume("iscsi", """
            {"target_portal":"[fd00::5]:3260","target_iqn":"iqn.2010-10.org.openstack:volume-1","target_lun":2,
             "auth_method":"CHAP","auth_username":"guest","auth_password":"hunter2"}
            """), Bed);
        Assert.Empty(built.Refusals);
        Assert.DoesNotContain("hunter2", built.Xml, StringComparison.Ordinal);
        Assert.Equal($"""
            <source protocol="iscsi" name="iqn.2010-10.org.openstack:volume-1/2">
              <host name="fd00::5" port="3260" />
              <auth username="guest">
                <secret type="iscsi" usage="{VolumeId}" />
              </auth>
            </source>
            """, VolumeOf(built).Element("source")!.ToString());
    }

    [Fact]
    public void An_rbd_volume_names_its_monitors_and_its_secret()
    {
        var built = DefinitionBuilder.Build(WithVolume("rbd", """
            {"name":"volumes/volume-1","hosts":["10.0.0.1","10.0.0.2"],"ports":["6789","6789"],"auth_enabled":true,
             "auth_username":"cinder","secret_type":"ceph","secret_uuid":"457eb676-33da-42ec-9a8c-9293d545c337","discard":true}
            """), Bed);
        Assert.Empty(built.Refusals);
        Assert.Equal("unmap", VolumeOf(built).Element("driver")!.Attribute("discard")!.Value);
        Assert.Equal("""
            <source protocol="rbd" name="volumes/volume-1">
              <host name="10.0.0.1" port="6789" />
              <host name="10.0.0.2" port="6789" />
              <auth username="cinder">
                <secret type="ceph" uuid="457eb676-33da-42ec-9a8c-9293d545c337" />
              </auth>
            </source>
            """, VolumeOf(built).Element("source")!.ToString());
    }

    [Theory]
    [InlineData("fibre_channel", "{}", "Fibre Channel")]
    [InlineData("nvmeof", "{}", "NVMe")]
    [InlineData("storpool", "{}", "storpool")]
    [InlineData("nfs", """{"export":"a:/b","name":"c","encrypted":true}""", "encrypted")]
    [InlineData("nfs", """{"export":"a:/b"}""", "lacks name")]
    [InlineData("iscsi", """{"target_iqn":"iqn.x"}""", "target_portal")]
    [InlineData("rbd", """{"name":"a/b","auth_enabled":true,"auth_username":"c"}""", "secret_uuid")]
    public void A_volume_that_can_not_be_reached_so_is_refused_and_left_out(string kind, string data, string reason)
    {
        var built = DefinitionBuilder.Build(WithVolume(kind, data), Bed);
        Assert.Contains(reason, Assert.Single(built.Refusals), StringComparison.Ordinal);
        Assert.DoesNotContain(VolumeId, built.Xml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("26.2.2", null)]
    [InlineData("28.1.0", null)]
    [InlineData("29.0.1", "ua-" + VolumeId)]
    [InlineData("31.0.0", "ua-" + VolumeId)]
    public void From_2024_1_on_a_volume_has_an_alias(string version, string? alias) =>
        Assert.Equal(alias, VolumeOf(DefinitionBuilder.Build(Server, Bed with { NovaVersion = version })).Element("alias")?.Attribute("name")?.Value);

    [Theory]
    [InlineData(4, "{}", "4/1/1")]
    [InlineData(4, """{"hw:cpu_sockets":"1"}""", "1/4/1")]
    [InlineData(8, """{"hw:cpu_sockets":"2","hw:cpu_threads":"2"}""", "2/2/2")]
    [InlineData(8, """{"hw:cpu_max_sockets":"2"}""", "2/4/1")]
    [InlineData(4, """{"hw:cpu_sockets":"4","hw:cpu_max_sockets":"1"}""", "1/4/1")]
    public void Sockets_cores_and_threads_are_chosen_as_Nova_does(int vcpus, string extraSpecs, string expected)
    {
        var topology = Parsed(WithFlavor(flavor => (flavor["vcpus"], flavor["extra_specs"]) = (vcpus, JsonNode.Parse(extraSpecs))), Bed)
            .XPathSelectElement("cpu/topology")!;
        Assert.Equal(expected, string.Join('/', topology.Attributes().Select(part => part.Value)));
    }

    [Theory]
    [InlineData("hw:cpu_policy", "dedicated", "pinned")]
    [InlineData("hw:mem_page_size", "large", "huge pages")]
    [InlineData("pci_passthrough:alias", "a1:1", "PCI")]
    [InlineData("resources:VGPU", "1", "virtual GPUs")]
    [InlineData("hw:tpm_version", "2.0", "TPM")]
    public void What_only_Nova_can_claim_again_is_handed_over(string extraSpec, string value, string reason)
    {
        var built = DefinitionBuilder.Build(WithFlavor(flavor => flavor["extra_specs"] = new JsonObject { [extraSpec] = value }), Bed);
        Assert.Contains(reason, Assert.Single(built.Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_flavor_it_is_refused() =>
        Assert.Contains("flavor", Assert.Single(DefinitionBuilder.Build(Server with { Flavor = null }, Bed).Refusals), StringComparison.Ordinal);

    [Fact]
    public void Ephemeral_disks_and_swap_come_between_root_and_volumes_under_their_own_file_names()
    {
        BlockDevice Blank(int id, string device, string? format) => new()
        {
            Id = id,
            SourceType = "blank",
            DestinationType = "local",
            DeviceName = device,
            DiskBus = "virtio",
            DeviceType = "disk",
            GuestFormat = format,
        };
        var disks = Parsed(Server with { BlockDevices = [.. Server.BlockDevices, Blank(8, "/dev/vdc", null), Blank(9, "/dev/vdd", "swap")] }, Bed)
            .XPathSelectElements("devices/disk");
        Assert.Equal(["vda disk", "vdc disk.eph0", "vdd disk.swap", $"vdb volume-{VolumeId}"],
            disks.Select(disk => $"{disk.Element("target")!.Attribute("dev")!.Value} {Path.GetFileName(disk.Element("source")!.Attribute("file")!.Value)}"));
    }

    [Fact]
    public void An_instance_that_boots_from_its_volume_has_no_local_root()
    {
        var volume = Server.BlockDevices[1] with { DeviceName = "/dev/vda", BootIndex = 0 };
        var domain = Parsed(Server with { BlockDevices = [volume], Instance = Server.Instance with { KernelId = null, ImageRef = "" } }, Bed);
        Assert.Equal(VolumeId, Assert.Single(domain.XPathSelectElements("devices/disk")).Element("serial")!.Value);
        Assert.Equal("hd", domain.XPathSelectElement("os/boot")!.Attribute("dev")!.Value);
    }

    [Fact]
    public void Disks_of_virtio_scsi_are_numbered_and_the_boot_volume_is_the_first()
    {
        var facts = WithImage(("hw_scsi_model", "virtio-scsi"), ("hw_disk_bus", "scsi"));
        var root = facts.BlockDevices[1] with { DeviceName = "/dev/sda", BootIndex = 0 };
        var data = facts.BlockDevices[1] with { DeviceName = "/dev/sdb", BootIndex = null };
        var domain = Parsed(facts with { BlockDevices = [root, data] }, Bed);
        Assert.Equal(["0", "1"], domain.XPathSelectElements("devices/disk/address").Select(address => address.Attribute("unit")!.Value));
        Assert.NotNull(domain.XPathSelectElement("devices/controller[@type='scsi' and @model='virtio-scsi']"));
    }

    [Theory]
    [InlineData("instance-%08x", "instance-00000010")]
    [InlineData("vm-%d", "vm-16")]
    [InlineData("%(uuid)s", "e6244565-8886-45fb-a560-1b04a895daba")]
    [InlineData("guest-%(id)04d", "guest-0016")]
    public void The_name_is_what_the_template_makes_of_it(string template, string expected) =>
        Assert.Equal(expected, Parsed(Server, Bed with { InstanceNameTemplate = template }).Element("name")!.Value);

    [Fact]
    public void A_template_that_is_not_understood_is_refused() =>
        Assert.Single(DefinitionBuilder.Build(Server, Bed with { InstanceNameTemplate = "%(hostname)s" }).Refusals);

    [Fact]
    public void Under_kvm_with_vnc_it_has_timers_a_screen_and_a_tablet()
    {
        var domain = Parsed(Server, Bed with { VirtType = "kvm", CpuMode = "host-model", VncListen = "10.0.0.7" });
        Assert.Equal(["pit", "rtc", "hpet"], domain.XPathSelectElements("clock/timer").Select(timer => timer.Attribute("name")!.Value));
        Assert.Equal("10.0.0.7", domain.XPathSelectElement("devices/graphics")!.Attribute("listen")!.Value);
        Assert.NotNull(domain.XPathSelectElement("devices/input[@type='tablet' and @bus='usb']"));
        Assert.Null(domain.XPathSelectElement("devices/controller[@type='usb']")!.Attribute("model"));
        Assert.Null(domain.XPathSelectElement("devices/interface/driver"));
        Assert.Equal("host-model", domain.Element("cpu")!.Attribute("mode")!.Value);
    }

    private static XElement Parsed(InstanceFacts facts, DefinitionPlace place)
    {
        var built = DefinitionBuilder.Build(facts, place);
        Assert.Empty(built.Refusals);
        return XElement.Parse(built.Xml);
    }

    private static XElement VolumeOf(BuiltDefinition built) => XElement.Parse(built.Xml).XPathSelectElement($"devices/disk[serial='{VolumeId}']")!;

    private static InstanceFacts WithImage(params (string Name, string? Value)[] properties)
    {
        var metadata = new Dictionary<string, string>(Server.SystemMetadata);
        foreach (var (name, value) in properties)
        {
            if (value is null) metadata.Remove("image_" + name);
            else metadata["image_" + name] = value;
        }
        return Server with { SystemMetadata = metadata };
    }

    private static InstanceFacts WithPort(Action<JsonNode> change)
    {
        var info = (JsonArray)Server.NetworkInfo.DeepClone();
        change(info[0]!);
        return Server with { NetworkInfo = info };
    }

    private static InstanceFacts WithFlavor(Action<JsonNode> change)
    {
        var flavor = (JsonObject)Server.Flavor!.DeepClone();
        change(flavor);
        return Server with { Flavor = flavor };
    }

    private static InstanceFacts WithVolume(string kind, string data)
    {
        var connection = new JsonObject { ["driver_volume_type"] = kind, ["data"] = JsonNode.Parse(data), ["serial"] = VolumeId };
        return Server with { BlockDevices = [Server.BlockDevices[0], Server.BlockDevices[1] with { ConnectionInfo = connection }] };
    }
}
