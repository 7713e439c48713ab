using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>Which instances have to run before others. Instances that are not asked about are taken to run already.</summary>
public static class Dependencies
{
    /// <summary>The first cycle by name: each instance waits for the next, and the last for the first. Empty when there is none.</summary>
    public static IReadOnlyList<Instance> Cycle(IEnumerable<Instance> instances)
    {
        var known = instances.ToDictionary(instance => instance.Id);
        var ended = new HashSet<Guid>();
        foreach (var start in InOrder(known.Values))
        {
            if (FindCycle(start, known, ended) is { Count: > 0 } cycle)
            {
                return cycle;
            }
        }

        return [];
    }

    /// <summary>All instances that are in a cycle, each with the cycle that it was found in.</summary>
    internal static Dictionary<Guid, IReadOnlyList<Instance>> InCycles(IReadOnlyCollection<Instance> instances)
    {
        var found = new Dictionary<Guid, IReadOnlyList<Instance>>();
        var left = instances.Where(instance => instance.Policy.After.Count > 0).ToList();
        while (Cycle(left) is { Count: > 0 } cycle)
        {
            foreach (var instance in cycle)
            {
                found[instance.Id] = cycle;
            }

            left.RemoveAll(instance => found.ContainsKey(instance.Id));
        }

        return found;
    }

    /// <summary>The tier of each: its own, or the highest of those that wait for it.</summary>
    internal static Dictionary<Guid, int> Tiers(IReadOnlyCollection<Instance> instances, bool ignoreDependencies)
    {
        var tiers = instances.ToDictionary(instance => instance.Id, instance => instance.Policy.Priority);
        if (ignoreDependencies)
        {
            return tiers;
        }

        // From the highest down: what is awaited is raised before anything lower looks at it.
        var awaiting = new PriorityQueue<Instance, int>(
            instances.Where(instance => instance.Policy.After.Count > 0).Select(instance => (instance, -instance.Policy.Priority)));
        var byId = instances.ToDictionary(instance => instance.Id);
        while (awaiting.TryDequeue(out var instance, out _))
        {
            foreach (var id in instance.Policy.After)
            {
                if (tiers.TryGetValue(id, out var tier) && tier < tiers[instance.Id])
                {
                    tiers[id] = tiers[instance.Id];
                    awaiting.Enqueue(byId[id], -tiers[id]);
                }
            }
        }

        return tiers;
    }

    // Depth first, with a stack of our own: a chain of dependencies may be long.
    private static IReadOnlyList<Instance> FindCycle(Instance start, Dictionary<Guid, Instance> known, HashSet<Guid> ended)
    {
        var path = new List<(Instance Instance, Queue<Guid> Left)>();
        var onPath = new Dictionary<Guid, int>();
        Enter(start);
        while (path.Count > 0)
        {
            var (instance, left) = path[^1];
            if (!left.TryDequeue(out var next))
            {
                ended.Add(instance.Id);
                onPath.Remove(instance.Id);
                path.RemoveAt(path.Count - 1);
            }
            else if (onPath.TryGetValue(next, out var since))
            {
                return [.. path.Skip(since).Select(each => each.Instance)];
            }
            else if (known.TryGetValue(next, out var awaited))
            {
                Enter(awaited);
            }
        }

        return [];

        void Enter(Instance instance)
        {
            if (!ended.Contains(instance.Id))
            {
                onPath[instance.Id] = path.Count;
                path.Add((instance, new Queue<Guid>(instance.Policy.After.Order())));
            }
        }
    }

    private static IEnumerable<Instance> InOrder(IEnumerable<Instance> instances) =>
        instances.OrderBy(instance => instance.Name, StringComparer.Ordinal).ThenBy(instance => instance.Id);
}
