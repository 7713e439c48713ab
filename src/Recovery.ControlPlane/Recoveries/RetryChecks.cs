using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>What stands against trying an instance again. Pure.</summary>
internal static class RetryChecks
{
    public static IReadOnlyList<Fault> Check(RecoveryRow recovery, RecoveryInstanceRow instance, AcceptanceSight sight)
    {
        var faults = new List<Fault>();
        if (!instance.State.CanBeRetried())
        {
            faults.Add(new(FaultCodes.InstanceNotRetriable, WhyNot(instance)) { Parameter = "instance", Recovery = recovery.Id });
        }

        // Its runner has planned already and would never look at this instance again.
        if (!recovery.State.IsFinal())
        {
            faults.Add(new(FaultCodes.RecoveryLive,
                $"Recovery {recovery.Id} is still {StateNames.Of(recovery.State)}. Watch its events until it has ended, then retry the instance.")
            { Parameter = "id", Recovery = recovery.Id });
        }

        // What follows is about the place that it would be taken from, which no longer matters once it is recovered.
        if (instance.State == InstanceState.Recovered)
        {
            return faults;
        }

        faults.AddRange(Source(recovery, instance, sight));
        string[] subjects = [RecoveryLockRow.ForHost(instance.Source), RecoveryLockRow.ForInstance(instance.InstanceId)];
        var holders = subjects.Select(sight.HolderOf).OfType<Guid>().Where(holder => holder != recovery.Id).Distinct();
        faults.AddRange(holders.Select(holder =>
            AcceptanceChecks.Held($"{instance.Name} of {instance.Source}", holder, null) with { Parameter = "instance" }));
        return faults;
    }

    private static IEnumerable<Fault> Source(RecoveryRow recovery, RecoveryInstanceRow instance, AcceptanceSight sight)
    {
        var now = sight.Cluster.Instances.FirstOrDefault(each => each.Id == instance.InstanceId);
        if (instance.Task != InstanceTask.Move)
        {
            if (sight.Cluster.FindHost(instance.Source) is { } back && AcceptanceLiveness.RefusalToResume(back) is { } notBack)
            {
                yield return notBack with { Parameter = "instance" };
            }
        }
        else if (now is not null && now.Host != instance.Source)
        {
            yield return new(FaultCodes.InstanceElsewhere,
                $"{instance.Name} belongs to {now.Host} now, and to {instance.Source} when this recovery was planned. If it shall leave {now.Host}, ask for a new recovery.")
            { Parameter = "instance" };
        }
        else if (sight.Cluster.FindHost(instance.Source) is { } source
            && AcceptanceLiveness.Refusal(source, recovery.Request.EvenIfAlive, sight) is { } refusal)
        {
            yield return refusal with { Parameter = "instance" };
        }
    }

    private static string WhyNot(RecoveryInstanceRow instance) => instance.State switch
    {
        InstanceState.Recovered => $"{instance.Name} is recovered: it is on {instance.Target}.",
        InstanceState.FailedUnclean when instance.Route == RecoveryRoute.Assisted =>
            $"{instance.Name} was left unfinished on {instance.Target}: {instance.Reason} See which host Nova says that it is on (openstack server show {instance.InstanceId}), and go on from there.",
        InstanceState.FailedUnclean =>
            $"{instance.Name} left something on {instance.Target}: {instance.Reason} Clean {instance.Target} by hand, then ask for a new recovery with \"instances\":[\"{instance.InstanceId}\"].",
        _ => $"{instance.Name} is {StateNames.Of(instance.State)}: this attempt has not ended. Wait until it has.",
    };
}
