namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>An idempotency key and the body that it came with.</summary>
public sealed class IdempotencyRow
{
    public required string Key { get; set; }

    /// <summary>SHA-256 of the canonical request.</summary>
    public required string BodyHash { get; set; }

    public required Guid RecoveryId { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
