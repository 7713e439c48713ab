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

    public Func<Host, bool> MetBy(Need need)
    {
        var isBridge = need.Value.StartsWith(Bridge, StringComparison.Ordinal);
        var name = need.Value[(isBridge ? Bridge : Network).Length..];
        return isBridge
            ? host => host.Abilities.Bridges?.Contains(name) ?? true
            : host => host.Abilities.Networks?.Contains(name) ?? true;
    }

    public string Sentence(Need need, Instance instance, Host host) => $"{host.Name} has no {need.Value}";
}
