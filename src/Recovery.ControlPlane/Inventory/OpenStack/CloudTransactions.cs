using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>Which transaction of the recipe a step is: what a plan shows, and what the step then writes, are built here.</summary>
internal static class CloudTransactions
{
    /// <param name="name">The instance's, where no row says it any more.</param>
    /// <param name="source">The host that it was planned away from.</param>
    /// <param name="target">The host that it shall go to.</param>
    /// <param name="facts">The instance as it was just read; null when it is in no cell.</param>
    /// <param name="there">The target as it was just read; null when it is none.</param>
    /// <returns>Why nothing of it may be written, a sentence; null when it may.</returns>
    public static string? WhyNot(string name, string source, string target, InstanceFacts? facts, TargetFacts? there)
    {
        if (facts is null)
        {
            return $"{name} is in no cell any more: somebody deleted it.";
        }

        // Invariant 5: a plan is of the past.
        if (facts.Instance.Host != source)
        {
            return $"Nova says that {name} is on {facts.Instance.Host ?? "no host"} and not on {source} any more, so somebody else moved it. Look where it runs before you retry it.";
        }

        return there is null
            ? $"{target} is no nova-compute of an enabled cell, or has no resource provider in Placement: openstack compute service list and openstack resource provider list tell."
            : null;
    }

    public static BuiltTransaction Of(
        StepAction action, RecoveryRoute route, InstanceFacts instance, TargetFacts target, EvacuationMark mark, DateTimeOffset now) =>
        action switch
        {
            StepAction.MarkEvacuation => BuiltTransaction.Of(EvacuationStart.Of(instance, target, mark, now)),
            StepAction.MoveAllocations => AllocationMove.Of(instance, target, now),
            StepAction.MoveAttachments => new BuiltTransaction(AttachmentRows.Of(instance, target, now), ""),
            StepAction.BindPorts => new BuiltTransaction(PortRows.Of(instance, target, now), ""),
            StepAction.Commit => EvacuationCommit.Of(instance, target, mark, PathOf(route), now),
            _ => BuiltTransaction.Refused($"The cloud's databases know no step {action}."),
        };

    private static EvacuationPath PathOf(RecoveryRoute route) =>
        route == RecoveryRoute.Assisted ? EvacuationPath.Assisted : EvacuationPath.Direct;
}
