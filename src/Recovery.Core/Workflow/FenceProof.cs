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
    /// How long a proof of this kind may count at most, without anybody being asked again; null: until life ends it.
    /// The word of an executor says what was so when it was given, and the host lives on: whoever may log in there may
    /// start a guest, and if the host falls silent nobody would hear of it. So its word is soon asked for again, which
    /// costs nothing while it answers; when it does not, the next fence level has to prove more.
    /// </summary>
    public static TimeSpan? LongestOf(FenceProofKind kind) => kind switch
    {
        FenceProofKind.ExecutorWord => TimeSpan.FromMinutes(10),
        FenceProofKind.Attestation => TimeSpan.FromHours(24),
        _ => null,
    };

    /// <summary>
    /// How long a host has to have been silent before its silence confirms that it is off: two heartbeats, which come
    /// each second, and some delay. Without this, a power controller that says "off" and lies would be believed until the
    /// next heartbeat, which is long enough to start a guest elsewhere.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A proof is void once something contradicts it. For most that is any sign of life: somebody switched the host on
    /// again, or the proof was wrong. A host that gave its own word lives; there, an active guest is what contradicts it.
    /// Both are reasons not to start a second copy of its guests.
    /// </summary>
    public bool IsValid(DateTimeOffset now, HostSigns signs) =>
        (ExpiresAt is null || now < ExpiresAt)
        && (LongestOf(Kind) is not { } longest || now < At + longest)
        && !IsContradictedBy(signs)
        && (Kind == FenceProofKind.ExecutorWord || signs.HeardAt is not { } heard || now >= heard + Quiet);

    /// <summary>In the very moment of the proof counts as before it: the host was heard, then fenced.</summary>
    public bool IsContradictedBy(HostSigns signs) =>
        (Kind == FenceProofKind.ExecutorWord ? signs.GuestSeenAt : signs.HeardAt) > At;
}

/// <summary>The last signs of a host; null where none was ever seen.</summary>
/// <param name="HeardAt">When its executor was heard.</param>
/// <param name="GuestSeenAt">When its executor last reported a guest there that is active, running or paused.</param>
public readonly record struct HostSigns(DateTimeOffset? HeardAt, DateTimeOffset? GuestSeenAt);
