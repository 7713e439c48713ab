using System.Text.Json;

namespace Recovery.Labs;

/// <summary>Two labs, or a lab and something else on this machine, must not share addresses.</summary>
internal static class TakenSubnet
{
    public static async Task RefuseAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        if (await OwnerAsync(network, cancellationToken) is { } other)
            throw new LabException($"The network {network.Network} belongs to lab \"{other}\". Choose another --subnet, or: recovery-lab down --lab {other}");
        // Interfaces that carry our name and no lab's are ruins.
        await Teardown.SweepInterfacesAsync(network, cancellationToken);
        using var interfaces = JsonDocument.Parse(await Tool.RunAsync("ip", ["-json", "-4", "address", "show"], cancellationToken));
        var prefix = network.RootAddress[..(network.RootAddress.LastIndexOf('.') + 1)];
        var taken = interfaces.RootElement.EnumerateArray().FirstOrDefault(i => Addresses(i).Any(a => a.StartsWith(prefix, StringComparison.Ordinal)));
        if (taken.ValueKind is JsonValueKind.Object)
            throw new LabException($"The network {network.Network} is in use by interface {taken.GetProperty("ifname").GetString()} of this machine. Choose another --subnet.");
    }

    private static async Task<string?> OwnerAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(LabState.Root)) return null;
        foreach (var other in Directory.EnumerateDirectories(LabState.Root).Select(d => Path.GetFileName(d)).Where(n => n != network.Lab))
        {
            if (await Teardown.RecordedSubnetAsync(new LabState(other), cancellationToken) == network.Subnet) return other;
        }

        return null;
    }

    private static IEnumerable<string> Addresses(JsonElement networkInterface) =>
        networkInterface.TryGetProperty("addr_info", out var addresses)
            ? addresses.EnumerateArray().Select(a => a.GetProperty("local").GetString() ?? "")
            : [];
}
