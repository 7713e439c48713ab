namespace Recovery.Core.Workflow;

/// <summary>What becomes of instances that are under way when a recovery is cancelled. None is begun after it.</summary>
public enum CancelMode
{
    /// <summary>They are brought up to their end.</summary>
    Finish,

    /// <summary>They are put back, as after a failure; what is committed already stays where it is.</summary>
    PutBack,
}
