using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Architecture, kind of virtualization and machine type are among those that the host offers.</summary>
internal sealed class EmulationRule : IHostRule
{
    private const string By = "virtualization by ";

    public IEnumerable<Need> NeedsOf(Instance instance)
    {
        var wanted = instance.Requirements;
        if (wanted.Architecture.Length > 0)
        {
            yield return new(RejectionKind.ArchitectureMissing, wanted.Architecture);
        }

        if (wanted.DomainType.Length > 0)
        {
            yield return new(RejectionKind.ArchitectureMissing, By + wanted.DomainType);
        }

        if (wanted.MachineType.Length > 0)
        {
            yield return new(RejectionKind.MachineTypeMissing, wanted.MachineType);
        }
    }

    public Func<Host, bool> MetBy(Need need) => need switch
    {
        { Kind: RejectionKind.MachineTypeMissing } => host => host.Abilities.MachineTypes?.Contains(need.Value) ?? true,
        _ when DomainType(need) is { } type => host => host.Abilities.DomainTypes?.Contains(type) ?? true,
        _ => host => host.Abilities.Architecture.Length == 0 || host.Abilities.Architecture == need.Value,
    };

    public string Sentence(Need need, Instance instance, Host host) => need switch
    {
        { Kind: RejectionKind.MachineTypeMissing } => $"{host.Name} can't emulate machine type {need.Value}",
        _ when DomainType(need) is not null => $"needs {need.Value}, {host.Name} offers {Listed(host.Abilities.DomainTypes!)}",
        _ => $"needs architecture {need.Value}, {host.Name} is {host.Abilities.Architecture}",
    };

    private static string? DomainType(Need need) =>
        need.Value.StartsWith(By, StringComparison.Ordinal) ? need.Value[By.Length..] : null;

    private static string Listed(IReadOnlySet<string> values) =>
        values.Count == 0 ? "none" : string.Join(", ", values.Order(StringComparer.Ordinal));
}
