using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A fence proof; kept for ever, also when it is void.</summary>
public sealed class FenceProofRow
{
    public long Id { get; set; }

    public required string Host { get; set; }

    public required FenceProofKind Kind { get; set; }

    public required DateTimeOffset At { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public required string Evidence { get; set; }

    /// <summary>Who attested; empty for other kinds.</summary>
    public string By { get; set; } = "";

    /// <summary>When something contradicted it: the host was heard alive, a guest was seen there. It proves nothing since.</summary>
    public DateTimeOffset? VoidedAt { get; set; }

    public FenceProof ToProof() => new(Host, Kind, At, ExpiresAt, Evidence);
}
