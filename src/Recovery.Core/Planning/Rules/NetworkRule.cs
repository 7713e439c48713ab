using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Bridges and libvirt networks of the same names are there.</summary>
internal sealed class NetworkRule : IHostRule
{
    private const string Bridge = "bridge ";
    private const string Network = "libvirt network ";

    public IEnumerable<Need> NeedsOf(Instance instance) =>
        instance.Requirements.Bridges.Select(name => new Need(RejectionKind.NetworkMissing, Bridge + name))
            .Concat(instance.Requirements.Networks.Select(name => new Need(RejectionKind.NetworkMissing, Network + name)));

    public bool IsMet(Need need, Host host) => need.Value.StartsWith(Bridge, StringComparison.Ordinal)
        ? host.Abilities.Bridges?.Contains(need.Value[Bridge.Length..]) ?? true
        : host.Abilities.Networks?.Contains(need.Value[Network.Length..]) ?? true;

    public string Sentence(Need need, Instance instance, Host host) => $"{host.Name} has no {need.Value}";
}
