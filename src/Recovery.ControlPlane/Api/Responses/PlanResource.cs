using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What a recovery would do, as things are now. Nothing was changed, and nothing is reserved.</summary>
/// <param name="At">When the cluster was looked at.</param>
/// <param name="Hosts">The hosts that would be recovered from.</param>
/// <param name="Moves">In the order in which they would be carried out.</param>
/// <param name="Unplaced">Instances that no host can take, with a reason for each host.</param>
/// <param name="Warnings">What to know before the plan is trusted, and what stands against carrying it out now.</param>
public sealed record PlanResource(
    DateTimeOffset At,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<Move> Moves,
    IReadOnlyList<Unplaced> Unplaced,
    IReadOnlyList<PlanWarning> Warnings)
{
    internal static PlanResource From(PreviewOutcome.Planned planned) =>
        new(planned.At, planned.Hosts, planned.Plan.Moves, planned.Plan.Unplaced, planned.Warnings);
}
