using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>What a move will write in the cloud, in words, built of the rows as they are now.</summary>
/// <param name="Sentences">In the order in which it is done.</param>
/// <param name="Refusal">Why a step would be refused, a sentence; empty when none would.</param>
internal sealed record CloudWrites(IReadOnlyList<string> Sentences, string Refusal)
{
    /// <summary>Of rows that stand in for an API: what they don't bring about.</summary>
    public IReadOnlyList<string> Cautions { get; init; } = [];

    /// <param name="hasPorts">Its ports are bound anew.</param>
    public static CloudWrites Of(
        Move move, RecoveryRoute route, bool hasPorts, InstanceFacts facts, TargetFacts target, ApiAnswers apis, DateTimeOffset now)
    {
        // No recovery has it yet: whatever names one gets its name then.
        var mark = new EvacuationMark(Guid.Empty, move.Instance, 1);
        var (sentences, cautions) = (new List<string>(), new List<string>());
        foreach (var action in Actions(facts, hasPorts))
        {
            var built = CloudTransactions.Of(action, route, facts, target, mark, now);
            if (built.Refusal.Length > 0)
            {
                return new CloudWrites([], built.Refusal);
            }

            if (Caution(action, facts, target, apis) is { } caution && built.Transaction is not null)
            {
                cautions.Add(caution);
            }

            sentences.AddRange(action switch
            {
                StepAction.MoveAttachments when apis.BlockStorage is null => ByCinder(move, facts),
                StepAction.BindPorts when apis.Network is null => ByNeutron(move, facts),
                _ => InRows(built, mark),
            });
        }

        if (route == RecoveryRoute.Assisted && move.Intent != PowerIntent.StayOff)
        {
            sentences.Add($"Nova, {move.Name}: it is started on {move.Target} by the API");
        }

        return new CloudWrites(sentences, "") { Cautions = cautions };
    }

    private static string? Caution(StepAction action, InstanceFacts facts, TargetFacts target, ApiAnswers apis) => (action, apis) switch
    {
        (StepAction.MoveAttachments, { BlockStorage: { } why }) =>
            $"Cinder's API does not answer ({why.TrimEnd('.')}), so the rows are written: what {target.Host} needs at the storage itself, such as a LUN's access list, is not done by that.",
        (StepAction.BindPorts, { Network: { } why }) =>
            $"Neutron's API does not answer ({why.TrimEnd('.')}), so the rows are written: {Finisher(facts, target)}",
        _ => null,
    };

    private static IEnumerable<StepAction> Actions(InstanceFacts facts, bool hasPorts)
    {
        yield return StepAction.MarkEvacuation;
        yield return StepAction.MoveAllocations;
        if (facts.BlockDevices.Any(IsVolume))
        {
            yield return StepAction.MoveAttachments;
        }

        if (hasPorts)
        {
            yield return StepAction.BindPorts;
        }

        yield return StepAction.Commit;
    }

    private static IEnumerable<string> InRows(BuiltTransaction built, EvacuationMark mark) => built.Transaction is not { } transaction
        ? []
        : ForeignWords.Of(transaction).Select(sentence => sentence
            .Replace($"{mark.Migration}", "(new)", StringComparison.Ordinal)
            .Replace(EvacuationStart.Reason(mark.Recovery), EvacuationStart.Reason(mark.Recovery).Replace($"{mark.Recovery}", "(its id)", StringComparison.Ordinal), StringComparison.Ordinal));

    private static IEnumerable<string> ByCinder(Move move, InstanceFacts facts) => facts.BlockDevices.Where(IsVolume)
        .Select(device => $"Cinder, volume {device.VolumeId}: its attachment moves from {move.Source} to {move.Target} by the API, and Nova's block device names the new one");

    private static IEnumerable<string> ByNeutron(Move move, InstanceFacts facts) => facts.Ports
        .Select(port => $"Neutron, port {port.Id}: it is bound to {move.Target} in place of {move.Source} by the API");

    // What tells the network of it then depends on the mechanism.
    private static string Finisher(InstanceFacts facts, TargetFacts target)
    {
        var types = facts.Ports.SelectMany(port => port.Bindings).Where(binding => binding.Status == "ACTIVE").Select(binding => binding.VifType).ToHashSet();
        return types.Contains("ovs")
            ? $"an OVN finishes that within 5 minutes; the Open vSwitch agent on {target.Host} has to be restarted, unless nova-compute there heals the port (about a minute for each instance, through 2024.2)."
            : target.Agents.Any(agent => agent.Type == "Linux bridge agent")
                ? $"the Linux bridge agent on {target.Host} finishes that when it asks for the port."
                : $"Neutron knows no agent on {target.Host} that would finish that; see that its network takes the ports.";
    }

    private static bool IsVolume(BlockDevice device) => device is { NoDevice: false, DestinationType: "volume", VolumeId: not null };
}
