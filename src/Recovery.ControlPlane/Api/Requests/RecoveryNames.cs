using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The lists of hosts and instances in the body of a recovery; each name once.</summary>
internal static class RecoveryNames
{
    private const int MaximumHosts = 1000;
    private const int MaximumInstances = 10_000;

    public static List<Named<string>> Hosts(ObjectReader body, string member, FaultCode twice, List<Fault> faults)
    {
        var hosts = new List<Named<string>>();
        foreach (var host in body.Strings(member, "host name", MaximumHosts))
        {
            if (!HostNames.IsValid(host.Value))
            {
                faults.Add(new(FaultCodes.InvalidValue, $"{Shown.Text(host.Value)} is no host name: {HostNames.Rule}.") { Pointer = host.Pointer });
            }
            else if (hosts.Find(other => other.Value == host.Value) is { } first)
            {
                faults.Add(new(twice, $"{host.Value} is named twice, here and at {first.Pointer}. Name it once.") { Pointer = host.Pointer });
            }
            else
            {
                hosts.Add(host);
            }
        }

        return hosts;
    }

    public static List<Named<Guid>> Instances(ObjectReader body, string member, List<Fault> faults)
    {
        var instances = new List<Named<Guid>>();
        var first = new Dictionary<Guid, string>();
        foreach (var instance in body.Strings(member, "UUID", MaximumInstances))
        {
            if (!Guid.TryParseExact(instance.Value, "D", out var id))
            {
                faults.Add(new(FaultCodes.InvalidValue,
                    $"{Shown.Text(instance.Value)} is no UUID. Instances are named by the UUID of their domain; GET /v1/instances shows it beside the name.")
                { Pointer = instance.Pointer });
            }
            else if (!first.TryAdd(id, instance.Pointer))
            {
                faults.Add(new(FaultCodes.InstanceTwice, $"{id} is named twice, here and at {first[id]}. Name it once.") { Pointer = instance.Pointer });
            }
            else
            {
                instances.Add(new(id, instance.Pointer));
            }
        }

        return instances;
    }

    /// <summary>What is asked for and excluded at once asks for nothing that can be done.</summary>
    public static void Contradictions(AskedRecovery asked, List<Fault> faults)
    {
        foreach (var target in asked.Targets.Where(target => asked.Hosts.Any(host => host.Value == target.Value)))
        {
            faults.Add(new(FaultCodes.TargetIsSource,
                $"{target.Value} is among the hosts to recover from and among the targets. Take it out of one of them.")
            { Pointer = target.Pointer });
        }

        foreach (var excluded in asked.ExcludedTargets)
        {
            if (asked.Targets.FirstOrDefault(target => target.Value == excluded.Value) is { } target)
            {
                faults.Add(new(FaultCodes.TargetExcluded,
                    $"{excluded.Value} is excluded here and is a target at {target.Pointer}. Take it out of one of them.")
                { Pointer = excluded.Pointer });
            }
        }

        var wanted = asked.Instances.ToDictionary(instance => instance.Value, instance => instance.Pointer);
        foreach (var excluded in asked.ExcludedInstances)
        {
            if (wanted.TryGetValue(excluded.Value, out var pointer))
            {
                faults.Add(new(FaultCodes.InstanceExcluded,
                    $"{excluded.Value} is excluded here and asked for at {pointer}. Take it out of one of them.")
                { Pointer = excluded.Pointer });
            }
        }
    }
}
