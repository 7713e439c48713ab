using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Whether a host that a request names can be meant. In a cloud it has to be known twice: to Nova, which says what belongs
/// to it, and here, where it says how it is proven off and where its executor is.
/// </summary>
internal static class AcceptanceHosts
{
    public static Fault? Refusal(Named<string> name, AcceptanceSight sight, FaultCode code)
    {
        var why = (Known: sight.Cluster.FindHost(name.Value) is not null, sight.Cloud) switch
        {
            (true, null) => null,
            (true, { } cloud) => cloud.Registered.Contains(name.Value) ? null
                : $"{name.Value} is a nova-compute of this cloud and is not registered here, so nothing could prove it off, and no executor of it is known. PUT /v1/hosts/{name.Value} registers it.",
            (false, { } cloud) when cloud.Registered.Contains(name.Value) =>
                $"{name.Value} is registered and is no nova-compute in any cell that could be read.{Unread(sight)} A host is registered by the name that Nova has for it: openstack compute service list shows them.",
            _ => $"No host \"{name.Value}\" is registered.{Nearest.Hint(name.Value, sight.Cluster.Hosts.Select(host => host.Name))} GET /v1/hosts lists those that are; PUT /v1/hosts/{name.Value} registers it.",
        };
        return why is null ? null : new Fault(code, why) { Pointer = name.Pointer };
    }

    private static string Unread(AcceptanceSight sight) =>
        sight.Cluster.Faults.Count == 0 ? "" : $" Not all could be: {string.Join(" ", sight.Cluster.Faults)}";
}
