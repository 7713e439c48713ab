using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>Takes away from a case what its violation does not need, until nothing more can go: that is what a human reads.</summary>
internal static class Shrinking
{
    public static PlanningCase Smallest(PlanningCase question, Func<PlanningCase, bool> violates)
    {
        while (Smaller(question).FirstOrDefault(violates) is { } smaller)
        {
            question = smaller;
        }

        return question;
    }

    private static IEnumerable<PlanningCase> Smaller(PlanningCase question)
    {
        var (snapshot, request) = (question.Snapshot, question.Request);
        foreach (var host in snapshot.Hosts.Where(host => !request.Sources.Contains(host.Name) && snapshot.Instances.All(instance => instance.Host != host.Name)))
        {
            yield return question with
            {
                Snapshot = snapshot with
                {
                    Hosts = [.. snapshot.Hosts.Where(other => other != host)],
                    Reservations = [.. snapshot.Reservations.Where(each => each.Host != host.Name)],
                    Refusals = [.. snapshot.Refusals.Where(each => each.Host != host.Name)],
                },
            };
        }

        foreach (var instance in snapshot.Instances)
        {
            yield return question with { Snapshot = snapshot with { Instances = [.. snapshot.Instances.Where(other => other != instance)] } };
        }

        foreach (var reservation in snapshot.Reservations)
        {
            yield return question with { Snapshot = snapshot with { Reservations = [.. snapshot.Reservations.Where(other => other != reservation)] } };
        }

        var bare = new PlanRequest(request.Sources, [], []);
        if (request.Instances.Count + request.Targets.Count + request.ExcludedInstances.Count + request.ExcludedTargets.Count > 0 || request.IgnoreDependencies)
        {
            yield return question with { Request = bare };
        }

        if (snapshot.Refusals.Count > 0)
        {
            yield return question with { Snapshot = snapshot with { Refusals = [] } };
        }

        foreach (var instance in snapshot.Instances)
        {
            foreach (var plainer in Plainer(instance))
            {
                yield return question with { Snapshot = snapshot with { Instances = [.. snapshot.Instances.Select(other => other == instance ? plainer : other)] } };
            }
        }
    }

    private static IEnumerable<Instance> Plainer(Instance instance)
    {
        var policy = instance.Policy;
        foreach (var group in policy.Groups)
        {
            yield return instance with { Policy = policy with { Groups = [.. policy.Groups.Where(other => other != group)] } };
        }

        if (policy.After.Count > 0)
        {
            yield return instance with { Policy = policy with { After = [] } };
        }

        if (instance.Requirements != HostRequirements.None)
        {
            yield return instance with { Requirements = HostRequirements.None };
        }

        if (policy.Zone.Length + policy.RequiredTraits.Count + policy.Image.Length > 0)
        {
            yield return instance with { Policy = policy with { Zone = "", RequiredTraits = [], Image = "" } };
        }

        if (policy.Priority != InstancePolicy.OrdinaryPriority)
        {
            yield return instance with { Policy = policy with { Priority = InstancePolicy.OrdinaryPriority } };
        }
    }
}
