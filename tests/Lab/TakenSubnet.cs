using System.Text.Json;

namespace Recovery.Labs;

/// <summary>Two labs, or a lab and something else on this machine, must not share addresses.</summary>
internal static class TakenSubnet
{
    public static async Task RefuseAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        using var interfaces = JsonDocument.Parse(await Tool.RunAsync("ip", ["-json", "-4", "address", "show"], cancellationToken));
        var prefix = network.RootAddress[..(network.RootAddress.LastIndexOf('.') + 1)];
        foreach (var taken in interfaces.RootElement.EnumerateArray().Where(i => Addresses(i).Any(a => a.StartsWith(prefix, StringComparison.Ordinal))))
        {
            var name = taken.GetProperty("ifname").GetString()!;
            var alias = Interfaces.Alias(name);
            if (alias.StartsWith(LabNetwork.AliasPrefix, StringComparison.Ordinal))
            {
                var other = alias[LabNetwork.AliasPrefix.Length..];
                throw new LabException($"The network {network.Network} belongs to lab \"{other}\". Choose another --subnet, or: recovery-lab down --lab {other}");
            }

            throw new LabException($"The network {network.Network} is in use by interface {name} of this machine. Choose another --subnet.");
        }
    }

    private static IEnumerable<string> Addresses(JsonElement networkInterface) =>
        networkInterface.TryGetProperty("addr_info", out var addresses)
            ? addresses.EnumerateArray().Select(a => a.GetProperty("local").GetString() ?? "")
            : [];
}
