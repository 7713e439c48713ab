namespace Recovery.Core.Workflow;

/// <summary>How many instances are brought up at the same time. Each at least 1.</summary>
/// <param name="InAll">Of one recovery.</param>
/// <param name="PerTarget">On one host.</param>
/// <param name="PerBackend">With disks on one storage, or on volumes behind one portal.</param>
public sealed record RecoveryLimits(int InAll, int PerTarget, int PerBackend);
