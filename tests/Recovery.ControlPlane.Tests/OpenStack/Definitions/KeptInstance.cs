using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Tests.OpenStack.Definitions;

/// <summary>Rows that Nova 26.2.2 wrote of a server, and the inactive XML that libvirt had of it at that time.</summary>
internal static class KeptInstance
{
    public static XElement Xml(string name) => XElement.Load(Path.Combine(Folder(), name + ".xml"));

    public static InstanceFacts Facts(string name)
    {
        var rows = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), name + ".json")))!;
        return new InstanceFacts
        {
            Cell = "cell1",
            Instance = Instance(rows["instance"]!),
            SystemMetadata = rows["system_metadata"].Deserialize<Dictionary<string, string>>()!,
            Flavor = rows["flavor"]!.AsObject(),
            NetworkInfo = rows["network_info"]!.AsArray(),
            BlockDevices = [.. rows["block_device_mapping"]!.AsArray().Select(row => Device(row!))],
        };
    }

    private static InstanceRecord Instance(JsonNode row) => new()
    {
        Id = (int)row["id"]!,
        Uuid = (Guid)row["uuid"]!,
        DisplayName = (string)row["display_name"]!,
        Host = (string?)row["host"],
        Node = (string?)row["node"],
        VmState = (string?)row["vm_state"],
        UserId = (string?)row["user_id"],
        ProjectId = (string?)row["project_id"],
        ImageRef = (string?)row["image_ref"],
        KernelId = (string?)row["kernel_id"],
        RamdiskId = (string?)row["ramdisk_id"],
        RootDeviceName = (string?)row["root_device_name"],
        ConfigDrive = (string?)row["config_drive"],
        OsType = (string?)row["os_type"],
        Architecture = (string?)row["architecture"],
        VmMode = (string?)row["vm_mode"],
        MemoryMib = (int)row["memory_mb"]!,
        Vcpus = (int)row["vcpus"]!,
        RootGib = (int)row["root_gb"]!,
        EphemeralGib = (int)row["ephemeral_gb"]!,
    };

    private static BlockDevice Device(JsonNode row) => new()
    {
        Id = (int)row["id"]!,
        DeviceName = (string?)row["device_name"],
        SourceType = (string?)row["source_type"],
        DestinationType = (string?)row["destination_type"],
        DeviceType = (string?)row["device_type"],
        DiskBus = (string?)row["disk_bus"],
        BootIndex = (int?)row["boot_index"],
        GuestFormat = (string?)row["guest_format"],
        VolumeId = row["volume_id"] is { } volume ? (Guid)volume : null,
        ConnectionInfo = row["connection_info"] as JsonObject,
    };

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Data");
}
