namespace Recovery.Core.Workflow;

/// <summary>What a recovery is for. This release carries out <see cref="Evacuate"/> and <see cref="Resume"/>; the others are words it knows.</summary>
public enum RecoveryKind
{
    /// <summary>The host is dead.</summary>
    Evacuate,

    /// <summary>The host will be maintained.</summary>
    Drain,

    /// <summary>The host is back: start what was stopped.</summary>
    Resume,

    /// <summary>Return what was moved.</summary>
    Failback,

    /// <summary>Prove it without touching production.</summary>
    Drill,
}
