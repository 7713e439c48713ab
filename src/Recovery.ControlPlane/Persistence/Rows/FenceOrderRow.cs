namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>
/// A recovery told a host's executor to end every guest, or may have: written before the order is sent, and taken away only
/// when somebody said that it never arrived, or with the end of its recovery: guests that run on the host later are others.
/// </summary>
public sealed class FenceOrderRow
{
    public required Guid RecoveryId { get; set; }

    public required string Host { get; set; }
}
