namespace Recovery.Core.Workflow;

/// <summary>Who carries out a step.</summary>
public enum StepPerformer
{
    /// <summary>The target's executor.</summary>
    Executor,

    /// <summary>Whoever keeps the inventory: our own database, or the cloud's databases and APIs.</summary>
    Inventory,

    /// <summary>The control plane, which asks the guest.</summary>
    ControlPlane,
}

public static class StepPerformers
{
    public static StepPerformer Of(StepAction action) => action switch
    {
        StepAction.Commit
            or StepAction.MarkEvacuation
            or StepAction.MoveAllocations
            or StepAction.MoveAttachments
            or StepAction.BindPorts
            or StepAction.StartByNova
            or StepAction.ReturnPorts
            or StepAction.ReturnAttachments
            or StepAction.ReturnAllocations
            or StepAction.UnmarkEvacuation => StepPerformer.Inventory,
        StepAction.Probe => StepPerformer.ControlPlane,
        _ => StepPerformer.Executor,
    };
}
