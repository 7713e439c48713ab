using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>A port's binding, as Neutron tells it.</summary>
/// <param name="Host">binding:host_id.</param>
/// <param name="VifType"><c>ovs</c>, <c>bridge</c>, <c>unbound</c>, <c>binding_failed</c>, …</param>
/// <param name="VifDetails">As nova.instance_info_caches wants it too.</param>
public sealed record PortState(
    Guid Id, string Host, string VifType, JsonObject VifDetails, string DeviceOwner, string Status, string MacAddress, long Revision);

/// <summary>Neutron's API.</summary>
public sealed class NetworkApi
{
    private readonly ServiceClient client;

    internal NetworkApi(ServiceClient client) => this.client = client;

    /// <summary>Null when neutron-server, its database and Keystone work for us; else why not.</summary>
    public Task<string?> WhyNotAsync(CancellationToken cancellationToken) =>
        client.WhyNotAsync("/v2.0/ports?limit=1&fields=id", cancellationToken);

    public async Task<PortState> PortAsync(Guid port, CancellationToken cancellationToken) =>
        ToPort(port, await client.SendAsync(new ApiRequest(HttpMethod.Get, $"/v2.0/ports/{port}", $"to show port {port}"), cancellationToken));

    /// <summary>Binds the port to a host; needs a live agent there, or OVN. Repeating it changes nothing.</summary>
    /// <param name="zone">The host's availability zone.</param>
    /// <exception cref="OpenStackApiException">It was refused, or nothing on the host can bind it.</exception>
    public async Task<PortState> BindAsync(Guid port, string host, string zone, CancellationToken cancellationToken)
    {
        var bound = ToPort(port, await client.SendAsync(
            new ApiRequest(HttpMethod.Put, $"/v2.0/ports/{port}", $"to bind port {port} to {host}")
            {
                Body = new JsonObject
                {
                    ["port"] = new JsonObject { ["binding:host_id"] = host, ["device_owner"] = $"compute:{zone}" },
                },
            },
            cancellationToken));
        return bound.VifType switch
        {
            // An agent that comes alive lets the next try succeed, and the same request binds again.
            "binding_failed" => throw new OpenStackApiException(
                $"Neutron could not bind port {port} to {host} (binding_failed): see that its network agent there is alive "
                + "(openstack network agent list) and serves the port's physical network, then retry.",
                null, retryCanHelp: true),
            "unbound" => throw new OpenStackApiException(
                $"Neutron left port {port} unbound; see why it takes no binding to {host}, in the log of neutron-server.",
                null, retryCanHelp: true),
            _ => bound,
        };
    }

    private PortState ToPort(Guid id, JsonNode? answer)
    {
        if (answer?["port"] is not JsonObject port)
        {
            throw client.Unexpected($"port {id}");
        }

        if (port["binding:vif_type"] is null)
        {
            throw new OpenStackApiException(
                $"Neutron does not show us the binding of port {id}; give the user the role admin in its project.", null, retryCanHelp: false);
        }

        return new PortState(
            id,
            (string?)port["binding:host_id"] ?? "",
            (string)port["binding:vif_type"]!,
            port["binding:vif_details"] as JsonObject ?? [],
            (string?)port["device_owner"] ?? "",
            (string?)port["status"] ?? "",
            (string?)port["mac_address"] ?? "",
            (long?)port["revision_number"] ?? 0);
    }
}
