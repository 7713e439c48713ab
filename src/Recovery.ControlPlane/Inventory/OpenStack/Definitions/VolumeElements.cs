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
        if (id is null)
        {
            draft.Refusals.Add($"Its volume at {target} has no id in block_device_mapping, so it is not known which it is.");
            return null;
        }

        var reached = VolumeConnection.Of(volume.ConnectionInfo);
        if (VolumeConnection.Flaw(reached, volume.Encrypted) is { } flaw)
        {
            draft.Refusals.Add($"Its volume {id} at {target} {flaw}. Let Nova evacuate it.");
            return null;
        }

        var connection = volume.ConnectionInfo!;
        var data = (JsonObject)connection["data"]!;
        var (sourceType, source, format, mode) = reached!.Kind switch
        {
            "nfs" => ("file", Nfs(draft, reached), reached.Format, "native"),
            "iscsi" => ("network", Iscsi(reached, id), "raw", null),
            _ => ("network", Rbd(reached, data), "raw", (string?)null),
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
            reached.ReadOnly ? Element("readonly") : null,
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

    private static XElement Nfs(Drafting draft, VolumeConnection reached) =>
        Element("source", Attribute("file", $"{MountPoint(draft.Place.NfsMountBase, reached.Export)}/{reached.Name}"));

    // QEMU's own initiator logs in; the secret's usage is the target host's affair, and set there.
    private static XElement Iscsi(VolumeConnection reached, string volume)
    {
        var (host, port) = reached.PortalAddress!.Value;
        return Element("source", Attribute("protocol", "iscsi"), Attribute("name", $"{reached.TargetName}/{reached.Lun}"),
            Element("host", Attribute("name", host), Attribute("port", port)),
            !reached.AsksChap ? null : Element("auth",
                Attribute("username", reached.Username),
                Element("secret", Attribute("type", "iscsi"), Attribute("usage", volume))));
    }

    private static XElement Rbd(VolumeConnection reached, JsonObject data)
    {
        var hosts = data["hosts"] as JsonArray ?? [];
        var ports = data["ports"] as JsonArray ?? [];
        return Element("source", Attribute("protocol", "rbd"), Attribute("name", reached.Name),
            hosts.Select((host, index) => Element("host",
                Given("name", Flavor.Text(host)), Given("port", index < ports.Count ? Flavor.Text(ports[index]) : null))),
            !reached.AsksKey ? null : Element("auth",
                Attribute("username", reached.Username),
                Element("secret", Attribute("type", "ceph"), Attribute("uuid", reached.SecretUuid))));
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
