using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Holds a request against the cluster as it is, and names everything that stands against it. Pure: the same request
/// and the same sight give the same faults, in the order of the request.
/// </summary>
public static class AcceptanceChecks
{
    public static AcceptanceScope Check(AskedRecovery asked, AcceptanceSight sight)
    {
        var faults = new List<Fault>(asked.Faults);
        var sources = KnownHosts(asked.Hosts, sight, FaultCodes.UnknownHost, faults);
        KnownHosts(asked.Targets, sight, FaultCodes.UnknownTarget, faults);
        KnownHosts(asked.ExcludedTargets, sight, FaultCodes.UnknownTarget, faults);
        var instances = KnownInstances(asked, asked.Instances, sight, faults);
        KnownInstances(asked, asked.ExcludedInstances, sight, faults);

        var resumes = asked.Kind == RecoveryKind.Resume;
        if (resumes)
        {
            NoTargets(asked.Targets, faults);
            NoTargets(asked.ExcludedTargets, faults);
            NoFencing(asked, faults);
        }

        if (asked.Hosts.Count == 0)
        {
            sources = [.. instances
                .DistinctBy(instance => instance.Value.Host)
                .Select(instance => new Named<string>(instance.Value.Host, instance.Pointer))];
            TargetsThatAreSources(asked, sources, faults);
        }

        AcceptanceRoute.Check(asked, sight, faults);
        if (asked.Hosts.Count == 0)
        {
            faults.AddRange(sources.Select(source => AcceptanceHosts.Refusal(source, sight, FaultCodes.UnknownHost)).OfType<Fault>());
        }

        foreach (var source in sources)
        {
            if (sight.Cluster.FindHost(source.Value) is { } host)
            {
                AcceptanceLiveness.Check(host, asked.EvenIfAlive, source.Pointer, sight, faults, resumes);
            }
        }

        var excluded = asked.ExcludedInstances.Select(instance => instance.Value).ToHashSet();
        IReadOnlyList<Instance> about = asked.Instances.Count > 0
            ? [.. instances.Select(instance => instance.Value)]
            : [.. sight.Cluster.Instances.Where(instance =>
                sources.Any(source => source.Value == instance.Host) && !excluded.Contains(instance.Id))];
        Dependencies(asked, about, faults);
        LiveRecoveries(asked, sources, instances, excluded, sight, faults);
        return new AcceptanceScope(
            [.. sources.Select(source => source.Value)], [.. about.Select(instance => instance.Id)], asked.Hosts.Count > 0, faults);
    }

    private static List<Named<string>> KnownHosts(
        IReadOnlyList<Named<string>> names, AcceptanceSight sight, FaultCode code, List<Fault> faults)
    {
        var known = new List<Named<string>>();
        foreach (var name in names)
        {
            if (AcceptanceHosts.Refusal(name, sight, code) is { } refusal)
            {
                faults.Add(refusal);
            }
            else
            {
                known.Add(name);
            }
        }

        return known;
    }

    private static List<Named<Instance>> KnownInstances(
        AskedRecovery asked, IReadOnlyList<Named<Guid>> names, AcceptanceSight sight, List<Fault> faults)
    {
        var known = new List<Named<Instance>>();
        if (names.Count == 0)
        {
            return known;
        }

        var byId = sight.Cluster.Instances.ToDictionary(instance => instance.Id);
        foreach (var name in names)
        {
            if (!byId.TryGetValue(name.Value, out var instance))
            {
                faults.Add(new(FaultCodes.UnknownInstance,
                    $"No instance {name.Value} is known: {(sight.Cloud is null ? "no host has reported a domain of this UUID" : "no cell of the cloud that could be read has it")}. GET /v1/instances lists those that are.")
                { Pointer = name.Pointer });
            }
            else if (asked.Hosts.Count > 0 && asked.Hosts.All(host => host.Value != instance.Host))
            {
                faults.Add(new(FaultCodes.InstanceElsewhere,
                    $"{instance.Name} ({instance.Id}) belongs to {instance.Host}, which is not among the hosts of this request. Name {instance.Host} in hosts, or leave hosts out to take instances wherever they belong.")
                { Pointer = name.Pointer });
            }
            else
            {
                known.Add(new(instance, name.Pointer));
            }
        }

        return known;
    }

    private static void Dependencies(AskedRecovery asked, IReadOnlyList<Instance> about, List<Fault> faults)
    {
        if (!asked.IgnoreDependencies && Core.Planning.Dependencies.Cycle(about) is { Count: > 0 } cycle)
        {
            var circle = string.Join(", ", cycle.Zip(cycle.Skip(1).Append(cycle[0]), (waits, awaited) => $"{waits.Name} waits for {awaited.Name}"));
            faults.Add(new(FaultCodes.DependencyCycle,
                $"Instances of this request wait for each other in a circle, so none could be started first: {circle}. Break it where the instances say what they wait for, exclude one of them, or send \"options\":{{\"ignoreDependencies\":true}} to bring them up in the order of their priorities alone.")
            { Pointer = asked.Plan?.Pointer ?? (asked.Instances.Count > 0 ? "/instances" : "/hosts") });
        }
    }

    private static void NoTargets(IReadOnlyList<Named<string>> targets, List<Fault> faults) =>
        faults.AddRange(targets.Select(target => new Fault(FaultCodes.NotWithResume,
            $"{target.Value} is named as a target, and a resume starts guests on the host that they belong to. Leave targets and excludedTargets out, or ask for \"evacuate\".")
        { Pointer = target.Pointer }));

    private static void NoFencing(AskedRecovery asked, List<Fault> faults)
    {
        if (asked.EvenIfAlive)
        {
            faults.Add(new(FaultCodes.NotWithResume,
                "evenIfAlive ends guests that run, and a resume starts guests on hosts that are alive. Leave it out, or ask for \"evacuate\".")
            { Pointer = "/options/evenIfAlive" });
        }
    }

    // Targets that are also named as sources are found by reading alone; these are sources by their instances.
    private static void TargetsThatAreSources(AskedRecovery asked, List<Named<string>> sources, List<Fault> faults)
    {
        foreach (var target in asked.Targets.Where(target => sources.Any(source => source.Value == target.Value)))
        {
            faults.Add(new(FaultCodes.TargetIsSource,
                $"{target.Value} is a target, and instances of this request belong to it: they can't be evacuated from {target.Value} to {target.Value}. Take it out of targets.")
            { Pointer = target.Pointer });
        }
    }

    private static void LiveRecoveries(
        AskedRecovery asked,
        List<Named<string>> sources,
        List<Named<Instance>> instances,
        HashSet<Guid> excluded,
        AcceptanceSight sight,
        List<Fault> faults)
    {
        foreach (var source in sources)
        {
            var holder = sight.HolderOf(RecoveryLockRow.ForHost(source.Value));
            if (holder is not null)
            {
                faults.Add(Held(source.Value, holder.Value, source.Pointer));
            }

            if (asked.Instances.Count > 0)
            {
                continue;
            }

            // The whole host is asked for: whoever works on one of its instances is in the way as well.
            var others = sight.Cluster.Instances
                .Where(instance => instance.Host == source.Value && !excluded.Contains(instance.Id))
                .Select(instance => (instance.Name, Holder: sight.HolderOf(RecoveryLockRow.ForInstance(instance.Id))))
                .Where(instance => instance.Holder is not null && instance.Holder != holder)
                .GroupBy(instance => instance.Holder!.Value, instance => instance.Name);
            faults.AddRange(others.Select(other => Held(
                $"{string.Join(", ", other.Order(StringComparer.Ordinal))} of {source.Value}", other.Key, source.Pointer)));
        }

        foreach (var instance in instances)
        {
            if (sight.HolderOf(RecoveryLockRow.ForInstance(instance.Value.Id)) is { } holder)
            {
                faults.Add(Held($"{instance.Value.Name} ({instance.Value.Id})", holder, instance.Pointer));
            }
        }
    }

    internal static Fault Held(string what, Guid recovery, string? pointer) => new(FaultCodes.InLiveRecovery,
        $"Recovery {recovery} already involves {what} and has not ended. Watch it, cancel it, or wait until it has ended.")
    { Pointer = pointer, Recovery = recovery };
}
