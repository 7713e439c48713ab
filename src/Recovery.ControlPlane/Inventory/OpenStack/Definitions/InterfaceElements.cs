using System.Text.Json.Nodes;
using System.Xml.Linq;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>The network cards, from instance_info_caches.network_info as nova/virt/libvirt/vif.py and os-vif read it.</summary>
internal static class InterfaceElements
{
    private const int LongestDeviceName = 14;

    private static readonly string[] Directions = ["inbound", "outbound"];
    private static readonly string[] Limits = ["average", "peak", "burst"];

    public static IReadOnlyList<XElement> All(Drafting draft) =>
        [.. draft.Facts.NetworkInfo.OfType<JsonObject>().Select(port => Of(draft, port)).OfType<XElement>()];

    private static XElement? Of(Drafting draft, JsonObject port)
    {
        var id = Flavor.Text(port["id"]) ?? "";
        var mac = Flavor.Text(port["address"]) ?? "";
        var details = port["details"] as JsonObject ?? [];
        var bridge = Flavor.Text(port["network"]?["bridge"]);
        if (Flaw(port) is { } flaw)
        {
            draft.Refusals.Add(flaw);
            return null;
        }

        var device = Device(port, id);
        var common = new Common(mac, device, Flavor.Text(port["network"]?["meta"]?["mtu"]));
        if (Flavor.Text(port["type"]) == "bridge") return Interface(draft, "bridge", bridge, null, common);
        if (Says(details, "ovs_hybrid_plug")) return Interface(draft, "bridge", Cut("qbr" + id), null, common);
        if (Says(port, "delegate_create")) return Interface(draft, "ethernet", null, null, common);
        return Interface(draft, "bridge", bridge, Flavor.Text(port["ovs_interfaceid"]) ?? id, common);
    }

    /// <summary>Why no host but its own could plug it, a sentence; null when one can.</summary>
    /// <param name="port">An entry of network_info.</param>
    public static string? Flaw(JsonObject port)
    {
        var id = Flavor.Text(port["id"]) ?? "";
        return Flaw(port, id, Flavor.Text(port["address"]) ?? "") is { } flaw ? $"Its port {(id.Length > 0 ? id : "without id")} {flaw}" : null;
    }

    /// <summary>The name of its tap, on every host.</summary>
    public static string Device(JsonObject port, string id) => Flavor.Text(port["devname"]) ?? Cut("nic" + id);

    private static string? Flaw(JsonObject port, string id, string mac)
    {
        var bridge = Flavor.Text(port["network"]?["bridge"]);
        var details = port["details"] as JsonObject ?? [];
        if (id.Length == 0 || mac.Length == 0) return "has no id or no MAC address in instance_info_caches; let Nova heal that first.";
        var vnic = Flavor.Text(port["vnic_type"]) ?? "normal";
        if (vnic != "normal") return $"is of vnic_type '{vnic}': it is a device of its host, and a new claim is needed elsewhere. Let Nova evacuate it.";
        switch (Flavor.Text(port["type"]))
        {
            case "bridge":
            case "ovs" when !Says(details, "ovs_hybrid_plug") && !Says(port, "delegate_create"):
                return bridge is null ? "has no bridge in instance_info_caches, so it is not known which network it is on." : null;
            case "ovs":
                return null;
            case "vhostuser":
                return "is plugged by a vhost-user socket of a switch on the source. Let Nova evacuate it.";
            case null or "" or "unbound" or "binding_failed":
                return "is not bound to its host, so it is not known how it is plugged. Let Neutron bind it first.";
            case var other:
                return $"is of vif_type '{other}', which is not recovered here. Let Nova evacuate it.";
        }
    }

    private static XElement Interface(Drafting draft, string type, string? bridge, string? interfaceId, Common common) => Element("interface",
        Attribute("type", type),
        Element("mac", Attribute("address", common.Mac)),
        bridge is null ? null : Element("source", Attribute("bridge", bridge)),
        interfaceId is null ? null : Element("virtualport", Attribute("type", "openvswitch"),
            Element("parameters", Attribute("interfaceid", interfaceId))),
        Bandwidth(draft),
        Element("target", Attribute("dev", common.Device)),
        Element("model", Attribute("type", Model(draft))),
        Driver(draft),
        common.Mtu is null ? null : Element("mtu", Attribute("size", common.Mtu)));

    private static string Model(Drafting draft) => draft.Image.Get("hw_vif_model") ?? "virtio";

    private static XElement? Driver(Drafting draft)
    {
        if (Model(draft) != "virtio") return null;
        if (draft.Place.VirtType == "qemu") return Element("driver", Attribute("name", "qemu"));
        var manyQueues = ImageProperties.Truth(draft.Flavor.ExtraSpec("hw:vif_multiqueue_enabled")) || draft.Image.IsSet("hw_vif_multiqueue_enabled");
        // A tap has 256 queues at most, on any kernel of today.
        return !manyQueues ? null : Element("driver", Attribute("name", "vhost"), Attribute("queues", Math.Min(256, draft.Flavor.Vcpus ?? draft.Instance.Vcpus)));
    }

    private static XElement? Bandwidth(Drafting draft)
    {
        var directions = Directions.Select(direction =>
        {
            var limits = Limits.Select(part => Given(part, draft.Flavor.ExtraSpec($"quota:vif_{direction}_{part}")));
            return limits.Any(limit => limit is not null) ? Element(direction, limits) : null;
        }).OfType<XElement>().ToList();
        return directions.Count == 0 ? null : Element("bandwidth", directions);
    }

    private static bool Says(JsonObject from, string name) => ImageProperties.Truth(Flavor.Text(from[name]));

    private static string Cut(string name) => name.Length > LongestDeviceName ? name[..LongestDeviceName] : name;

    private sealed record Common(string Mac, string Device, string? Mtu);
}
