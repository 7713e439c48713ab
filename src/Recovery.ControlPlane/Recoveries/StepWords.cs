using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Steps and their ends, for humans.</summary>
internal static class StepWords
{
    public static string Of(StepAction action) => action switch
    {
        StepAction.ConnectVolumes => "connect volumes",
        StepAction.CheckDisks => "check disks",
        StepAction.AwaitAgent => "wait for its agent",
        StepAction.Probe => "wait until it answers",
        StepAction.MarkEvacuation => "tell Nova of its evacuation",
        StepAction.MoveAllocations => "move its allocations",
        StepAction.MoveAttachments => "move its attachments",
        StepAction.BindPorts => "bind its ports",
        StepAction.PlugPorts => "plug its ports",
        StepAction.StartByNova => "have Nova start it",
        StepAction.UnplugPorts => "unplug its ports",
        StepAction.ReturnPorts => "return its ports",
        StepAction.ReturnAttachments => "return its attachments",
        StepAction.ReturnAllocations => "return its allocations",
        StepAction.UnmarkEvacuation => "take back its evacuation",
        StepAction.UndefineStale => "undefine the stale copy",
        _ => action.ToString().ToLowerInvariant(),
    };

    /// <summary>With the host that it happens on, or that something comes to or is taken back from.</summary>
    public static string Of(StepAction action, string? host) => action switch
    {
        StepAction.MarkEvacuation or StepAction.MoveAllocations or StepAction.MoveAttachments or StepAction.BindPorts
            or StepAction.UnmarkEvacuation => $"{Of(action)} to {host}",
        StepAction.ReturnPorts or StepAction.ReturnAttachments or StepAction.ReturnAllocations => $"{Of(action)} from {host}",
        _ => $"{Of(action)} on {host}",
    };

    public static string OfEnd(RecoveryInstanceRow row, WorkflowAction.EndInstance end) => (end.State, row.Task, row.Intent) switch
    {
        (InstanceState.Recovered, InstanceTask.Forget, _) => $"The stale copy of {row.Name} on {row.Target} is gone; its disks were not touched.",
        (InstanceState.Recovered, InstanceTask.Resume, _) => $"{row.Name} runs on {row.Target} again.",
        (InstanceState.Recovered, _, PowerIntent.StayOff) when row.Route != RecoveryRoute.Plain => $"{row.Name} belongs to {row.Target} and is off, as it was.",
        (InstanceState.Recovered, _, PowerIntent.StayOff) => $"{row.Name} is defined on {row.Target} and off, as it was.",
        (InstanceState.Recovered, _, PowerIntent.Pause) => $"{row.Name} is on {row.Target} and paused, as it was.",
        (InstanceState.Recovered, _, _) => $"{row.Name} runs on {row.Target}.",
        (_, InstanceTask.Forget, _) => $"The stale copy of {row.Name} on {row.Target} could not be undefined: {end.Reason}",
        (_, InstanceTask.Resume, _) => $"{row.Name} could not be brought up again on {row.Target}: {end.Reason}",
        _ => $"{row.Name} could not be recovered on {row.Target}: {end.Reason}",
    };

    /// <summary>The step after which the instance is as its owner wants it.</summary>
    public static bool MakesReady(StepAction action, RecoveryInstanceRow row) => action switch
    {
        StepAction.Define => row.Intent == PowerIntent.StayOff,

        // In a cloud a stopped instance has no domain.
        StepAction.Commit => row is { Route: not RecoveryRoute.Plain, Intent: PowerIntent.StayOff },
        StepAction.Verify or StepAction.StartByNova => row.Intent != PowerIntent.Run || row.Instance.Policy.Ready is null,
        _ => InstanceSteps.IsAboutReadiness(action),
    };
}
