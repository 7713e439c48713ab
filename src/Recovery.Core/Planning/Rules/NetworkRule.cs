using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Bridges and libvirt networks of the same names are there.</summary>
internal sealed class NetworkRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host) =>
        Missing("bridge", instance.Requirements.Bridges, host.Abilities.Bridges, host)
            .Concat(Missing("libvirt network", instance.Requirements.Networks, host.Abilities.Networks, host));

    private static IEnumerable<Rejection> Missing(
        string what, IReadOnlyList<string> wanted, IReadOnlySet<string>? there, Host host) =>
        there is null
            ? []
            : from name in wanted
              where !there.Contains(name)
              select new Rejection(host.Name, RejectionKind.NetworkMissing, $"{host.Name} has no {what} {name}");
}
