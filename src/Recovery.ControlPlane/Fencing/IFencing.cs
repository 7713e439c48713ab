using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Fencing;

/// <summary>Makes sure that a host cannot run its guests.</summary>
public interface IFencing
{
    /// <summary>
    /// Tries the fence levels of a host in order until one proves it: the host's own executor, its fence agents, its
    /// storage. A level that can't be asked is a failure of that level, never a proof.
    /// </summary>
    Task<FenceAttempt> TryAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the host's own executor what became of an order that may have been lost. One that arrived is carried to its
    /// end; else nothing is done, and it won't be obeyed any more.
    /// </summary>
    Task<FenceAttempt> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken);
}

/// <summary>On whose behalf a host is fenced: executors refuse an older epoch of a recovery than they have heard of.</summary>
public sealed record FenceOrder(Guid Recovery, long Epoch);

/// <summary>What is known of the order to an executor to end its host's guests.</summary>
public enum OrderState
{
    /// <summary>None was given that could have arrived.</summary>
    None,

    /// <summary>Guests were ended, or may have been: it went out, and nobody said that it came to nothing.</summary>
    Out,

    /// <summary>The executor says that it never got one. It is withdrawn: if it comes yet, it is refused.</summary>
    Withdrawn,
}

/// <summary>How fencing went.</summary>
/// <param name="ProvenOff">A level proved that the host can't run its guests.</param>
/// <param name="Evidence">Who said what; when not proven, why each level failed and what can be done.</param>
/// <param name="Log">One line for each question and its answer, for the events.</param>
/// <param name="Kind">What the proof rests on, when there is one.</param>
public sealed record FenceAttempt(
    bool ProvenOff, string Evidence, IReadOnlyList<string> Log, FenceProofKind Kind = FenceProofKind.PowerOff)
{
    /// <summary>From when on a sign to the contrary voids the proof; null: from when it is recorded.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What this attempt says of the order to the host's own executor.</summary>
    public OrderState Order { get; init; }

    /// <summary>The proof as it is to be recorded now.</summary>
    /// <exception cref="InvalidOperationException">Nothing is proven.</exception>
    public FenceProofRow Proof(string host, DateTimeOffset now)
    {
        if (!ProvenOff)
        {
            throw new InvalidOperationException($"Nothing proves that {host} is off: {Evidence}");
        }

        var at = At ?? now;
        return new FenceProofRow
        {
            Host = host,
            Kind = Kind,
            At = at,
            ExpiresAt = at + FenceProof.LongestOf(Kind),
            Evidence = Evidence,
        };
    }
}
