using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>The steps of an instance in their order, and what undoes each of them.</summary>
internal static class InstancePath
{
    public static IEnumerable<StepAction> Of(InstanceNeeds needs) => needs.Task switch
    {
        InstanceTask.Forget => [StepAction.UndefineStale],
        InstanceTask.Resume => OnTheHost(needs).Concat(UntilReady(needs)).Where(action => action is not StepAction.Define),
        _ => [.. InTheCloud(needs), .. OnTheHost(needs), StepAction.Commit, .. AfterTheCommit(needs), .. UntilReady(needs)],
    };

    /// <summary>Null: it leaves nothing behind.</summary>
    public static StepAction? Undoing(StepAction action) => action switch
    {
        StepAction.Start => StepAction.Stop,
        StepAction.Define => StepAction.Undefine,
        StepAction.PlugPorts => StepAction.UnplugPorts,
        StepAction.ConnectVolumes => StepAction.Disconnect,
        StepAction.BindPorts => StepAction.ReturnPorts,
        StepAction.MoveAttachments => StepAction.ReturnAttachments,
        StepAction.MoveAllocations => StepAction.ReturnAllocations,
        StepAction.MarkEvacuation => StepAction.UnmarkEvacuation,
        _ => null,
    };

    // Before the guest: a source that is back in the middle of it then destroys its own copy, and not this one.
    private static IEnumerable<StepAction> InTheCloud(InstanceNeeds needs)
    {
        if (needs.Route == RecoveryRoute.Plain)
        {
            yield break;
        }

        yield return StepAction.MarkEvacuation;
        yield return StepAction.MoveAllocations;
        if (needs.HasVolumes)
        {
            yield return StepAction.MoveAttachments;
        }

        if (needs.HasPorts)
        {
            yield return StepAction.BindPorts;
        }
    }

    private static IEnumerable<StepAction> OnTheHost(InstanceNeeds needs)
    {
        var starts = needs.Intent != PowerIntent.StayOff;

        // Nova makes the domain when it starts the guest, and a stopped one has none.
        if (needs.Route == RecoveryRoute.Assisted || (needs.Route == RecoveryRoute.Direct && !starts))
        {
            return [StepAction.CheckDisks];
        }

        return Steps();

        IEnumerable<StepAction> Steps()
        {
            if (needs.HasVolumes)
            {
                yield return StepAction.ConnectVolumes;
            }

            yield return StepAction.CheckDisks;
            if (needs is { Route: RecoveryRoute.Direct, HasPorts: true })
            {
                yield return StepAction.PlugPorts;
            }

            yield return StepAction.Define;
            if (!starts)
            {
                yield break;
            }

            yield return StepAction.Start;
            if (needs.HasLiveVolumes)
            {
                yield return StepAction.Attach;
            }

            yield return StepAction.Verify;
        }
    }

    private static IEnumerable<StepAction> AfterTheCommit(InstanceNeeds needs) =>
        needs is { Route: RecoveryRoute.Assisted, Intent: not PowerIntent.StayOff } ? [StepAction.StartByNova] : [];

    private static IEnumerable<StepAction> UntilReady(InstanceNeeds needs) => needs is { Intent: PowerIntent.Run, Gate: { } gate }
        ? [gate.Probe == ReadinessProbe.Agent ? StepAction.AwaitAgent : StepAction.Probe]
        : [];
}
