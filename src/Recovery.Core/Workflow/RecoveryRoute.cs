namespace Recovery.Core.Workflow;

/// <summary>How an instance is brought up on its target.</summary>
public enum RecoveryRoute
{
    /// <summary>A plain libvirt cluster: the executors do all of it.</summary>
    Plain,

    /// <summary>In a cloud whose services may be down: its databases are set right, and the executors do the rest.</summary>
    Direct,

    /// <summary>In a cloud whose nova-compute lives on the target: its databases are set right, and Nova starts the guest.</summary>
    Assisted,
}
