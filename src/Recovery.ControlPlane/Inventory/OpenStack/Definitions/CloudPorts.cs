using System.Globalization;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>An instance's ports: as Nova remembers them, else as Neutron binds them.</summary>
/// <param name="NetworkInfo">As instance_info_caches has it; made of Neutron's rows where that is empty.</param>
/// <param name="Ports">All of them: Neutron has to be told of one that can't be plugged too.</param>
/// <param name="Guessed">What was made up, a sentence each.</param>
/// <param name="Refusals">Why no executor can plug one, a sentence each.</param>
internal sealed record CloudPorts(
    JsonArray NetworkInfo, IReadOnlyList<NetworkPort> Ports, IReadOnlyList<string> Guessed, IReadOnlyList<string> Refusals)
{
    // What Nova and Neutron's agents cut names to.
    private const int LongestDeviceName = 14;

    public static CloudPorts Of(InstanceFacts facts)
    {
        var isMadeUp = facts.NetworkInfo.Count == 0 && facts.Ports.Count > 0;
        JsonArray info = isMadeUp ? [.. facts.Ports.Select(InfoOf)] : facts.NetworkInfo;
        var ports = info.OfType<JsonObject>().ToList();
        return new CloudPorts(
            info,
            [.. ports.Select(PortOf).OfType<NetworkPort>()],
            isMadeUp ? ["Nova remembers no network cards of it: they are as Neutron binds its ports, in the order of those."] : [],
            [.. ports.Select(port => InterfaceElements.Flaw(port) ?? Unpluggable(port)).OfType<string>()]);
    }

    // Its definition is the ordinary one of a bridge; what is between that bridge and the switch, only os-vif makes.
    private static string? Unpluggable(JsonObject port) => port["details"] is JsonObject details && Json.Says(details["ovs_hybrid_plug"])
        ? $"Its port {Json.Word(port["id"])} is plugged into a bridge of its own before the switch (ovs_hybrid_plug), which only nova-compute makes. Let Nova start it."
        : null;

    private static NetworkPort? PortOf(JsonObject port)
    {
        if (!Guid.TryParse(Json.Word(port["id"]), out var id))
        {
            return null;
        }

        var kind = Json.Word(port["type"]) == "ovs" ? PortKind.OpenVswitch : PortKind.LinuxBridge;
        var mtu = int.TryParse(Json.Word(port["network"]?["meta"]?["mtu"]), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        return new NetworkPort(
            id,
            kind,
            Json.Word(port["network"]?["bridge"]) ?? (kind == PortKind.OpenVswitch ? "br-int" : ""),
            InterfaceElements.Device(port, $"{id}"),
            Json.Word(port["address"]) ?? "",
            mtu);
    }

    // As nova/network/neutron.py makes it of a port's binding.
    private static JsonObject InfoOf(PortRecord port)
    {
        var active = port.Bindings.FirstOrDefault(binding => binding.Status == "ACTIVE");
        var details = Json.Read(active?.VifDetails) as JsonObject ?? [];
        var bridge = Json.Word(details["bridge_name"])
            ?? (active?.VifType == "ovs" ? "br-int" : Cut($"brq{port.NetworkId}"));
        return new JsonObject
        {
            ["id"] = $"{port.Id}",
            ["address"] = port.MacAddress,
            ["type"] = active?.VifType ?? "unbound",
            ["vnic_type"] = active?.VnicType ?? "normal",
            ["devname"] = Cut($"tap{port.Id}"),
            ["delegate_create"] = true,
            ["details"] = details,
            ["network"] = new JsonObject { ["id"] = $"{port.NetworkId}", ["bridge"] = bridge },
        };
    }

    private static string Cut(string name) => name[..LongestDeviceName];
}
