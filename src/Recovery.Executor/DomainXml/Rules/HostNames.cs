using System.Net;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Names and addresses that mean "this host" wherever they are read: loopback, wildcards, nothing at all.</summary>
internal static class HostNames
{
    public static bool MeansHostItself(string? host) =>
        string.IsNullOrEmpty(host)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.StartsWith("localhost.", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
