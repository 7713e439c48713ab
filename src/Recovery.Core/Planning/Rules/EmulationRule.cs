using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Architecture, kind of virtualization and machine type are among those that the host offers.</summary>
internal sealed class EmulationRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host)
    {
        var (wanted, offered) = (instance.Requirements, host.Abilities);
        if (wanted.Architecture.Length > 0 && offered.Architecture.Length > 0 && wanted.Architecture != offered.Architecture)
        {
            yield return new(host.Name, RejectionKind.ArchitectureMissing,
                $"needs architecture {wanted.Architecture}, {host.Name} is {offered.Architecture}");
        }

        if (wanted.DomainType.Length > 0 && offered.DomainTypes is { } types && !types.Contains(wanted.DomainType))
        {
            yield return new(host.Name, RejectionKind.ArchitectureMissing,
                $"needs virtualization by {wanted.DomainType}, {host.Name} offers {Listed(types)}");
        }

        if (wanted.MachineType.Length > 0 && offered.MachineTypes is { } machines && !machines.Contains(wanted.MachineType))
        {
            yield return new(host.Name, RejectionKind.MachineTypeMissing,
                $"{host.Name} can't emulate machine type {wanted.MachineType}");
        }
    }

    private static string Listed(IReadOnlySet<string> values) =>
        values.Count == 0 ? "none" : string.Join(", ", values.Order(StringComparer.Ordinal));
}
