using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>
/// When each move would have its turn: the runner's own rules played through with the times of this installation's
/// history. Pure.
/// </summary>
public static class PlanTimes
{
    /// <param name="moves">In the plan's order.</param>
    /// <param name="history">How long things took here.</param>
    /// <param name="maximum">Instances brought up at the same time in all.</param>
    /// <param name="maximumPerTarget">And on one target.</param>
    public static PlanEstimate Of(IReadOnlyList<Move> moves, RecoveryHistory history, int maximum, int maximumPerTarget)
    {
        if ((history.RunSeconds ?? history.OffSeconds) is not { } ordinary)
        {
            return new PlanEstimate(
                null, null, $"no history yet: no instance was recovered here in the last {RecoveryHistory.Days} days", []);
        }

        var times = Played(moves, history.FenceSeconds ?? 0, maximum, maximumPerTarget, Seconds);
        return new PlanEstimate(
            times.Count == 0 ? null : Rounded(times.Max(time => time.StartsAfterSeconds + time.Seconds)),
            history.FenceSeconds is { } fence ? Rounded(fence) : null,
            BasedOn(history),
            times);

        double Seconds(Move move) =>
            (move.Intent == PowerIntent.StayOff ? history.OffSeconds : history.RunSeconds) ?? ordinary;
    }

    private static List<MoveEstimate> Played(
        IReadOnlyList<Move> moves, double start, int maximum, int maximumPerTarget, Func<Move, double> seconds)
    {
        var times = new List<MoveEstimate>();
        var waiting = moves.ToList();
        var notReady = moves.Select(move => move.Instance).ToHashSet();
        var running = new PriorityQueue<Move, double>();
        var perTarget = new Dictionary<string, int>(StringComparer.Ordinal);
        var now = start;
        while (waiting.Count > 0 || running.Count > 0)
        {
            waiting.RemoveAll(move =>
            {
                var onTarget = perTarget.GetValueOrDefault(move.Target);
                if (running.Count >= maximum || onTarget >= maximumPerTarget || move.After.Any(notReady.Contains))
                {
                    return false;
                }

                perTarget[move.Target] = onTarget + 1;
                running.Enqueue(move, now + seconds(move));
                times.Add(new(move.Instance, Rounded(now), Rounded(seconds(move))));
                return true;
            });

            // Whatever waits for itself never has its turn, and has no estimate.
            if (!running.TryPeek(out _, out now))
            {
                break;
            }

            while (running.TryPeek(out _, out var end) && end <= now)
            {
                var ended = running.Dequeue();
                perTarget[ended.Target]--;
                notReady.Remove(ended.Instance);
            }
        }

        return times;
    }

    private static string BasedOn(RecoveryHistory history) =>
        $"{history.Instances} {(history.Instances == 1 ? "instance" : "instances")} recovered here in the last {RecoveryHistory.Days} days"
        + (history.FenceSeconds is null ? "; how long proving a host off takes is not known and not counted" : "");

    private static double Rounded(double seconds) => Math.Round(seconds, 1);
}
