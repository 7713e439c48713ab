namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>
/// A recovery told a host's executor to end every guest, or may have: written before the order is sent, and taken away only
/// when somebody said that it never arrived. It outlives the end of its recovery, which may be taken up again.
/// </summary>
public sealed class FenceOrderRow
{
    public required Guid RecoveryId { get; set; }

    public required string Host { get; set; }
}
