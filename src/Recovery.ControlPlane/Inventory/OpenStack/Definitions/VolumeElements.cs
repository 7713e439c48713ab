using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>A volume as disk, from block_device_mapping.connection_info.</summary>
internal static class VolumeElements
{
    /// <summary>Elements of <c>iotune</c>, as qos_specs and flavors name them.</summary>
    public static readonly string[] Limits =
    [
        "total_bytes_sec", "read_bytes_sec", "write_bytes_sec", "total_iops_sec", "read_iops_sec", "write_iops_sec",
        "total_bytes_sec_max", "read_bytes_sec_max", "write_bytes_sec_max", "total_iops_sec_max", "read_iops_sec_max", "write_iops_sec_max", "size_iops_sec",
    ];

    /// <returns>Null: refused, and the draft says why.</returns>
    public static XElement? Of(Drafting draft, BlockDevice volume, string type, string target, string bus)
    {
        var id = volume.VolumeId?.ToString("D");
        if (id is null || volume.ConnectionInfo is not { } connection || connection["data"] is not JsonObject data)
        {
            draft.Refusals.Add($"Its volume {id ?? "without id"} at {target} has no connection_info in block_device_mapping that can be read, so it is not known how to reach it.");
            return null;
        }

        var kind = Flavor.Text(connection["driver_volume_type"]) ?? "";
        if (Flaw(volume, kind, data) is { } flaw)
        {
            draft.Refusals.Add($"Its volume {id} at {target} {flaw}");
            return null;
        }

        var (sourceType, source, format, mode) = kind switch
        {
            "nfs" => ("file", Nfs(draft, data), Flavor.Text(data["format"]) ?? "raw", "native"),
            "iscsi" => ("network", Iscsi(data, id), "raw", null),
            _ => ("network", Rbd(data), "raw", (string?)null),
        };
        return Element("disk",
            Attribute("type", sourceType),
            Attribute("device", type),
            Element("driver", Attribute("name", "qemu"), Attribute("type", format), Attribute("cache", "none"),
                Given("discard", Says(data, "discard") ? "unmap" : null), Given("io", mode)),
            source,
            Element("target", Attribute("dev", target), Attribute("bus", bus)),
            Tuning(data),
            BlockSizes(data),
            Flavor.Text(data["access_mode"]) == "ro" ? Element("readonly") : null,
            Says(connection, "multiattach") ? Element("shareable") : null,
            Element("serial", Flavor.Text(connection["serial"]) ?? id),
            draft.NovaMajor >= 29 ? Element("alias", Attribute("name", "ua-" + id)) : null);
    }

    /// <summary>Where os-brick mounts an export: the MD5 of its name, in hex, below the base.</summary>
    public static string MountPoint(string mountBase, string export)
    {
#pragma warning disable CA5351 // A name, no protection: os-brick's.
        var hash = MD5.HashData(Encoding.UTF8.GetBytes(export));
#pragma warning restore CA5351
        return $"{mountBase.TrimEnd('/')}/{Convert.ToHexStringLower(hash)}";
    }

    // Nothing of data may be repeated here as it is: it holds passwords.
    private static string? Flaw(BlockDevice volume, string kind, JsonObject data)
    {
        if (volume.Encrypted || Says(data, "encrypted"))
            return "is encrypted: its key is with the key manager, and its libvirt secret was on the source. Let Nova evacuate it.";
        string[] needed = [];
        switch (kind)
        {
            case "nfs":
                needed = ["export", "name"];
                break;
            case "iscsi":
                if (Portal(data) is null) return "is reached by iSCSI, and its target_portal is no address with a port.";
                needed = Flavor.Text(data["auth_method"]) == "CHAP" ? ["target_iqn", "auth_username"] : ["target_iqn"];
                break;
            case "rbd":
                needed = Says(data, "auth_enabled") ? ["name", "auth_username", "secret_uuid"] : ["name"];
                break;
            case "fibre_channel":
                return "is reached by Fibre Channel: the storage has to let the target's ports in first, which needs Cinder. Let Nova evacuate it.";
            case "nvmeof":
                return "is reached by NVMe over fabrics, which is not recovered here. Let Nova evacuate it.";
            case "":
                return "has no driver_volume_type in its connection_info, so it is not known how to reach it.";
            default:
                return $"is reached by '{kind}', which is not recovered here. Let Nova evacuate it.";
        }

        var absent = needed.Where(name => string.IsNullOrEmpty(Flavor.Text(data[name]))).ToList();
        return absent.Count == 0 ? null : $"is reached by {kind}, and its connection_info lacks {string.Join(" and ", absent)}.";
    }

    private static XElement Nfs(Drafting draft, JsonObject data)
    {
        var mount = MountPoint(draft.Place.NfsMountBase, Flavor.Text(data["export"])!);
        return Element("source", Attribute("file", $"{mount}/{Flavor.Text(data["name"])}"));
    }

    // QEMU's own initiator logs in; the secret's usage is the target host's affair, and set there.
    private static XElement Iscsi(JsonObject data, string volume)
    {
        var (host, port) = Portal(data)!.Value;
        var lun = Flavor.Text(data["target_lun"]) ?? "0";
        return Element("source", Attribute("protocol", "iscsi"), Attribute("name", $"{Flavor.Text(data["target_iqn"])}/{lun}"),
            Element("host", Attribute("name", host), Attribute("port", port)),
            Flavor.Text(data["auth_method"]) != "CHAP" ? null : Element("auth",
                Attribute("username", Flavor.Text(data["auth_username"])!),
                Element("secret", Attribute("type", "iscsi"), Attribute("usage", volume))));
    }

    private static XElement Rbd(JsonObject data)
    {
        var hosts = data["hosts"] as JsonArray ?? [];
        var ports = data["ports"] as JsonArray ?? [];
        return Element("source", Attribute("protocol", "rbd"), Attribute("name", Flavor.Text(data["name"])!),
            hosts.Select((host, index) => Element("host",
                Given("name", Flavor.Text(host)), Given("port", index < ports.Count ? Flavor.Text(ports[index]) : null))),
            !Says(data, "auth_enabled") ? null : Element("auth",
                Attribute("username", Flavor.Text(data["auth_username"])!),
                Element("secret", Attribute("type", "ceph"), Attribute("uuid", Flavor.Text(data["secret_uuid"])!))));
    }

    private static (string Host, string Port)? Portal(JsonObject data)
    {
        var text = Flavor.Text(data["target_portal"]) ?? "";
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text[(colon + 1)..], out _)) return null;
        return (text[..colon].Trim('[', ']'), text[(colon + 1)..]);
    }

    private static XElement? Tuning(JsonObject data)
    {
        var limits = Limits.Where(name => data["qos_specs"] is JsonObject specs && Flavor.Text(specs[name]) is { Length: > 0 })
            .Select(name => new XElement(name, Flavor.Text(data["qos_specs"]![name])));
        return limits.Any() ? Element("iotune", limits) : null;
    }

    private static XElement? BlockSizes(JsonObject data)
    {
        var (logical, physical) = (Flavor.Text(data["logical_block_size"]), Flavor.Text(data["physical_block_size"]));
        return logical is null && physical is null ? null
            : Element("blockio", Given("logical_block_size", logical), Given("physical_block_size", physical));
    }

    private static bool Says(JsonObject from, string name) => ImageProperties.Truth(Flavor.Text(from[name]));
}
