using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>The element <c>nova:instance</c> of a definition's metadata.</summary>
internal static class NovaMetadata
{
    private static readonly XNamespace Nova = "http://openstack.org/xmlns/libvirt/nova/1.1";

    public static XElement Of(Drafting draft)
    {
        var instance = draft.Instance;
        var flavor = draft.Flavor;
        var written = instance.LaunchedAt ?? instance.CreatedAt;
        return new XElement("metadata", new XElement(Nova + "instance",
            new XAttribute(XNamespace.Xmlns + "nova", Nova.NamespaceName),
            new XElement(Nova + "package", new XAttribute("version", draft.Place.NovaVersion)),
            new XElement(Nova + "name", instance.DisplayName),
            written is { } time ? new XElement(Nova + "creationTime", time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)) : null,
            new XElement(Nova + "flavor",
                new XAttribute("name", flavor.Name ?? ""),
                Number("memory", flavor.MemoryMib ?? instance.MemoryMib),
                Number("disk", flavor.RootGib),
                Number("swap", flavor.SwapMib),
                Number("ephemeral", flavor.EphemeralGib),
                Number("vcpus", flavor.Vcpus ?? instance.Vcpus)),
            new XElement(Nova + "owner",
                Owner("user", instance.UserId, draft.Facts.SystemMetadata.GetValueOrDefault("owner_user_name")),
                Owner("project", instance.ProjectId, draft.Facts.SystemMetadata.GetValueOrDefault("owner_project_name"))),
            instance.ImageRef is { Length: > 0 } image
                ? new XElement(Nova + "root", new XAttribute("type", "image"), new XAttribute("uuid", image)) : null,
            new XElement(Nova + "ports", draft.Facts.NetworkInfo.OfType<JsonObject>().Select(Port))));
    }

    private static XElement Number(string name, int value) => new(Nova + name, value.ToString(CultureInfo.InvariantCulture));

    private static XElement? Owner(string kind, string? id, string? name) =>
        id is null ? null : new XElement(Nova + kind, new XAttribute("uuid", id), name ?? "N/A");

    private static XElement Port(JsonObject port) => new(Nova + "port",
        new XAttribute("uuid", Flavor.Text(port["id"]) ?? ""),
        from subnet in (port["network"]?["subnets"] as JsonArray ?? []).OfType<JsonObject>()
        from address in (subnet["ips"] as JsonArray ?? []).OfType<JsonObject>()
        select new XElement(Nova + "ip",
            new XAttribute("type", Flavor.Text(address["type"]) ?? ""),
            new XAttribute("address", Flavor.Text(address["address"]) ?? ""),
            new XAttribute("ipVersion", Flavor.Text(address["version"]) ?? "")));
}
