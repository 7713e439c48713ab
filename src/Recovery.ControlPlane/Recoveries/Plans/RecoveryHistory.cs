namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>What recoveries took in this installation; the middle of the last ones.</summary>
/// <param name="Instances">How many recovered instances it is drawn from.</param>
/// <param name="RunSeconds">From the first step of an instance until it runs; null when none did.</param>
/// <param name="OffSeconds">The same for an instance that stays off.</param>
/// <param name="FenceSeconds">From the plan until the sources were proven off; null when none were.</param>
public sealed record RecoveryHistory(int Instances, double? RunSeconds, double? OffSeconds, double? FenceSeconds)
{
    /// <summary>No further back than this.</summary>
    public const int Days = 90;

    public static readonly RecoveryHistory None = new(0, null, null, null);
}
