namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>
/// What Nova binds an instance to, beside Placement's own traits, in the form of traits: a cell, and what an aggregate's
/// metadata says.
/// </summary>
internal static class CloudTraits
{
    private const string AggregateScope = "aggregate_instance_extra_specs:";
    private const string TraitScope = "trait:";

    public static IEnumerable<string> Of(CloudHost host) =>
    [
        Cell(host.Cell),
        .. host.Traits,
        .. host.AggregateMetadata.SelectMany(each => each.Value.Select(value => Aggregate(each.Key, value))),
    ];

    public static IEnumerable<string> RequiredBy(CloudInstance instance) =>
    [
        Cell(instance.Cell),
        .. Named(instance, "required"),
        .. instance.ExtraSpecs
            .Where(spec => spec.Key.StartsWith(AggregateScope, StringComparison.Ordinal))
            .Select(spec => Aggregate(spec.Key[AggregateScope.Length..], spec.Value)),
    ];

    public static IEnumerable<string> ForbiddenBy(CloudInstance instance) => Named(instance, "forbidden");

    private static IEnumerable<string> Named(CloudInstance instance, string how) => instance.ExtraSpecs
        .Where(spec => spec.Key.StartsWith(TraitScope, StringComparison.Ordinal) && spec.Value == how)
        .Select(spec => spec.Key[TraitScope.Length..])
        .Concat(instance.ImageTraits.Where(trait => trait.Value == how).Select(trait => trait.Key))
        .Distinct(StringComparer.Ordinal);

    private static string Cell(string cell) => $"cell {cell}";

    private static string Aggregate(string key, string value) => $"aggregate {key}={value}";
}
