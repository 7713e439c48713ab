using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using static Recovery.ControlPlane.Tests.OpenStack.Cloud.Clouds;

namespace Recovery.ControlPlane.Tests.OpenStack.Cloud;

public class HandOverTests
{
    public static TheoryData<CloudInstance, string> HandedOver => new()
    {
        { Server("resized"), "waits for its resize" },
        { Server("suspended"), "is suspended" },
        { Server("shelved_offloaded"), "is shelved" },
        { Server("error"), "is in state error" },
        { Server() with { TaskState = "resize_migrating" }, "in the middle of something with it (resize_migrating)" },
        { Server() with { TaskState = "rebuild_spawning" }, "(rebuild_spawning)" },
        { Server() with { TaskState = "deleting" }, "(deleting)" },
        { With("hw:cpu_policy", "dedicated"), "pinned processors" },
        { With("hw:mem_page_size", "large"), "huge pages" },
        { With("hw:tpm_version", "2.0"), "a virtual TPM" },
        { With("resources:VGPU", "1"), "a virtual GPU" },
        { Server() with { ImageProperties = new Dictionary<string, string> { ["hw_tpm_version"] = "2.0" } }, "a virtual TPM" },
        { Server() with { HasNumaTopology = true }, "has a NUMA topology" },
        { Server() with { HasPciRequests = true }, "PCI devices" },
        { Server() with { SpecialVnicTypes = ["direct"] }, "a port of type direct" },
        { Server() with { Allocations = [new(1, "VCPU", 1), new(2, "VGPU", 1)] }, "several providers" },
        { Server() with { Allocations = [] }, "no allocations in Placement" },
        { With(new VolumeConnection { Kind = "fibre_channel" }), "is reached by Fibre Channel" },
        { With(new VolumeConnection { Kind = "nvmeof" }), "is reached by NVMe over fabrics" },
        { With(new VolumeConnection { Kind = "storpool" }), "is reached by 'storpool', which is not recovered here" },
        { With(new VolumeConnection { Kind = "nfs", Export = "10.0.0.5:/export" }), "lacks name" },
        { With(null), "has no connection_info in block_device_mapping" },
        { With(Nfs, encrypted: true), "is encrypted" },
    };

    [Theory]
    [MemberData(nameof(HandedOver))]
    public void What_only_Nova_can_move_is_handed_over_with_the_reason_and_the_command(CloudInstance instance, string reason)
    {
        Assert.Contains(reason, HandOver.Why(instance));
        Assert.EndsWith($"openstack server evacuate {Web}", HandOver.Why(instance));
    }

    public static TheoryData<CloudInstance> Ours => new()
    {
        Server(), Server("stopped"), Server("paused"),
        Server() with { TaskState = "powering-off" },
        With(Nfs),
        With("hw:cpu_policy", "shared"), With("trait:HW_CPU_X86_AVX2", "required"), With("hw:mem_page_size", "small"),
    };

    [Theory]
    [MemberData(nameof(Ours))]
    public void The_others_are_ours(CloudInstance instance) => Assert.Empty(HandOver.Why(instance));

    private static VolumeConnection Nfs => new() { Kind = "nfs", Export = "10.0.0.5:/export", Name = "volume-1" };

    private static CloudInstance With(VolumeConnection? connection, bool encrypted = false) =>
        Server() with { Volumes = [new VolumeView(Guid.NewGuid(), "vdb", connection, encrypted, Multiattach: false)] };

    private static CloudInstance With(string spec, string value) =>
        Server() with { ExtraSpecs = new Dictionary<string, string> { [spec] = value } };
}
