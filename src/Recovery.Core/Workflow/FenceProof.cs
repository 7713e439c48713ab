namespace Recovery.Core.Workflow;

/// <summary>What a fence proof rests on.</summary>
public enum FenceProofKind
{
    /// <summary>A fence agent said that the power is off, after it was told to, or because it was already.</summary>
    PowerOff,

    /// <summary>A human said so, by name, with a reason and an end.</summary>
    Attestation,

    /// <summary>The host's own executor ended every guest and saw that none is left. The host itself lives.</summary>
    ExecutorWord,

    /// <summary>The storage lets the host write no more.</summary>
    StorageCutOff,
}

/// <summary>The recorded evidence that a host cannot run its guests.</summary>
/// <param name="Host">The host that is off.</param>
/// <param name="Kind">What it rests on.</param>
/// <param name="At">When it was given, UTC, by the control plane's clock.</param>
/// <param name="ExpiresAt">It proves nothing after this; null when only life expires it.</param>
/// <param name="Evidence">In words: which agent said what, or who attested and why.</param>
public sealed record FenceProof(
    string Host,
    FenceProofKind Kind,
    DateTimeOffset At,
    DateTimeOffset? ExpiresAt,
    string Evidence)
{
    /// <summary>Nothing of the host runs: whatever was begun there is neither done nor in the way.</summary>
    public bool HostIsOff => Kind is FenceProofKind.PowerOff or FenceProofKind.Attestation;

    /// <summary>
    /// A proof is void once the host was heard alive after it was given: somebody switched it on again, or the proof
    /// was wrong. Both are reasons not to start a second copy of its guests.
    /// </summary>
    public bool IsValid(DateTimeOffset now, DateTimeOffset? lastHeardAlive) =>
        (ExpiresAt is null || now < ExpiresAt)
        && (lastHeardAlive is null || lastHeardAlive <= At);
}
