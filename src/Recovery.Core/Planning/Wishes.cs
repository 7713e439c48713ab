using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Who of the requested instances is to be placed at all, and who stays down whatever room there is.</summary>
internal sealed record Wishes(IReadOnlyList<Instance> Wanted, IReadOnlyList<Unplaced> StayDown)
{
    public static Wishes Of(IReadOnlyList<Instance> requested, PlanRequest request, PlannerOptions options)
    {
        var named = request.Instances.ToHashSet();
        var excluded = options.ExcludedClasses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var wanted = new List<Instance>(requested.Count);
        var stayDown = new List<Unplaced>();
        foreach (var instance in requested)
        {
            if (instance.Obstacle.Length > 0)
            {
                stayDown.Add(StaysDown(instance, new("", RejectionKind.HandedOver, instance.Obstacle), byWish: false));
                continue;
            }

            // Whoever names an instance wants it, whatever its policy says of the ordinary case.
            if (!named.Contains(instance.Id) && Objection(instance, excluded) is { } objection)
            {
                stayDown.Add(StaysDown(instance, objection, byWish: true));
            }
            else
            {
                wanted.Add(instance);
            }
        }

        if (!request.IgnoreDependencies)
        {
            var cycles = Dependencies.InCycles(wanted);
            stayDown.AddRange(wanted.Where(instance => cycles.ContainsKey(instance.Id))
                .Select(instance => StaysDown(instance, Circle(instance, cycles[instance.Id]), byWish: false)));
            wanted.RemoveAll(instance => cycles.ContainsKey(instance.Id));
        }

        return new Wishes(wanted, stayDown);
    }

    private static Rejection? Objection(Instance instance, IReadOnlyCollection<string> excludedClasses) => instance.Policy switch
    {
        { OptOut: true } => new("", RejectionKind.OptedOut, $"its owner does not want it recovered; name {instance.Name} among the instances to recover it all the same"),
        { Class: { Length: > 0 } kind } when excludedClasses.Contains(kind) => new("", RejectionKind.ClassExcluded,
            $"instances of class {kind} heal themselves and are left alone; name {instance.Name} among the instances to recover it all the same"),
        _ => null,
    };

    private static Rejection Circle(Instance instance, IReadOnlyList<Instance> cycle) => new("", RejectionKind.DependencyCycle,
        $"{instance.Name} waits for itself: {string.Join(", which waits for ", cycle.Append(cycle[0]).Select(each => each.Name))}; break the circle, or ask for dependencies to be ignored");

    private static Unplaced StaysDown(Instance instance, Rejection why, bool byWish) =>
        new(instance.Id, instance.Name, instance.Host, [why]) { Priority = instance.Policy.Priority, ByWish = byWish };
}
