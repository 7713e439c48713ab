using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>A service of the cloud: how it is called, and under which types a catalogue may list it.</summary>
internal sealed record ServiceKind(string Name, params string[] Types)
{
    public static readonly ServiceKind Compute = new("Nova", "compute");

    public static readonly ServiceKind BlockStorage = new("Cinder", "volumev3", "block-storage", "block-store");

    public static readonly ServiceKind Network = new("Neutron", "network");
}

/// <summary>Where a cloud's services are, as Keystone says with each token.</summary>
/// <param name="Services">The array <c>token.catalog</c>.</param>
internal sealed record Catalogue(JsonArray Services)
{
    /// <exception cref="OpenStackApiException">There is none such.</exception>
    public Uri Endpoint(ServiceKind kind, OpenStackOptions options)
    {
        // The types are in the order of preference; the catalogue's own order means nothing.
        foreach (var type in kind.Types)
        {
            foreach (var service in Services.Where(service => (string?)service?["type"] == type))
            {
                var endpoint = (service!["endpoints"] as JsonArray ?? []).FirstOrDefault(each =>
                    (string?)each?["interface"] == options.Interface
                    && (options.Region.Length == 0 || (string?)(each["region_id"] ?? each["region"]) == options.Region));
                if (Uri.TryCreate((string?)endpoint?["url"], UriKind.Absolute, out var address))
                {
                    return address;
                }
            }
        }

        var region = options.Region.Length == 0 ? "any region" : $"region {options.Region}";
        throw new OpenStackApiException(
            $"Keystone's catalogue has no {options.Interface} endpoint of {kind.Name} (type {string.Join(" or ", kind.Types)}) in {region}; "
            + "correct Recovery:OpenStack:Region or :Interface, or register the endpoint.",
            null, retryCanHelp: false);
    }
}
