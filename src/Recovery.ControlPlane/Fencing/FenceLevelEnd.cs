using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Fencing;

/// <summary>How one level of the ladder ended.</summary>
/// <param name="Proven">It proved that the host can't run its guests.</param>
/// <param name="Sentence">Who said what; for a failure, why, as one whole sentence.</param>
/// <param name="Kind">What the proof rests on.</param>
internal sealed record FenceLevelEnd(bool Proven, string Sentence, FenceProofKind Kind)
{
    /// <summary>See <see cref="FenceAttempt.At"/>.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The host's own executor ended guests, or may have.</summary>
    public bool OrderIsOut { get; init; }

    /// <summary>The next try would end alike.</summary>
    public bool Hopeless { get; init; }
}

/// <summary>A level of one host's ladder.</summary>
internal interface IFenceLevel
{
    /// <summary>How often it is tried before the next level, at least once.</summary>
    int Tries { get; }

    /// <param name="lines">Takes one line for each question and its answer.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    Task<FenceLevelEnd> TryAsync(List<string> lines, CancellationToken cancellationToken);
}
