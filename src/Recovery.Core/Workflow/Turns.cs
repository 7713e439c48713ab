namespace Recovery.Core.Workflow;

/// <summary>
/// Whose turn it is: in the plan's order, within the limits, and after those that it waits for. An instance that waits
/// for others begins when these have ended, also when they failed: it may well do without them, and it is missed.
/// </summary>
internal sealed class Turns
{
    private readonly Dictionary<Guid, InstanceProgress> instances;
    private readonly RecoveryLimits limits;
    private readonly Dictionary<string, int> perTarget = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> perBackend = new(StringComparer.Ordinal);
    private readonly bool stuck;
    private int inAll;

    public Turns(RecoveryProgress recovery, IReadOnlySet<Guid> underWay)
    {
        instances = recovery.Instances.ToDictionary(instance => instance.Id);
        limits = recovery.Limits;
        foreach (var instance in recovery.Instances.Where(each =>
            each.TakesPlace || (each.State == InstanceState.Waiting && underWay.Contains(each.Id))))
        {
            Take(instance);
        }

        // The planner leaves no circle. Were there one in an old plan, waiting for ever would be the worst of answers.
        stuck = recovery.Instances.All(instance =>
            instance.State.IsFinal() || (instance.State == InstanceState.Waiting && WaitsForOther(instance)));
    }

    /// <summary>True when it may begin; it has taken its place then.</summary>
    public bool Begins(InstanceProgress instance)
    {
        if ((!stuck && WaitsForOther(instance))
            || inAll >= limits.InAll
            || perTarget.GetValueOrDefault(instance.Target!) >= limits.PerTarget
            || instance.Backends.Any(backend => perBackend.GetValueOrDefault(backend) >= limits.PerBackend))
        {
            return false;
        }

        Take(instance);
        return true;
    }

    /// <summary>What it waited for and what did not come up.</summary>
    public IReadOnlyList<MissedInstance> Missed(InstanceProgress instance) =>
        [.. Awaited(instance).Where(other => other.State != InstanceState.Recovered).Select(other => new MissedInstance(other.Name, other.State))];

    private void Take(InstanceProgress instance)
    {
        inAll++;
        perTarget[instance.Target!] = perTarget.GetValueOrDefault(instance.Target!) + 1;
        foreach (var backend in instance.Backends)
        {
            perBackend[backend] = perBackend.GetValueOrDefault(backend) + 1;
        }
    }

    private bool WaitsForOther(InstanceProgress instance) => Awaited(instance).Any(other => !other.State.IsFinal());

    private IEnumerable<InstanceProgress> Awaited(InstanceProgress instance) =>
        instance.After.Select(id => instances.GetValueOrDefault(id)).OfType<InstanceProgress>();
}
