using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Before an instance is left down for want of a place: a host that went away a moment ago may have one in the next. A
/// libvirtd that is being restarted must not decide what stays down.
/// </summary>
public sealed class BriefAbsence(LivenessBoard liveness)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for hosts that may be back in a moment; each is waited for until then and no longer.</summary>
    /// <param name="claim">Of the recovery that has no place for some of its instances.</param>
    /// <param name="recovery">Its sources are not waited for.</param>
    /// <param name="unplaced">So many instances.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False: nobody is worth waiting for; true: somebody was, so it is to be planned once more.</returns>
    public async Task<bool> WasAwaitedAsync(Claim claim, RecoveryRow recovery, int unplaced, CancellationToken cancellationToken)
    {
        var away = Away(recovery);
        if (unplaced == 0 || away.Count == 0)
        {
            return false;
        }

        var instances = unplaced == 1 ? "1 instance finds" : $"{unplaced} instances find";
        await claim.EnterAsync(
            recovery.State,
            $"{instances} no place right now; waiting some seconds for {string.Join(", ", away)}, up a moment ago, to be back.",
            cancellationToken);
        while (away.SequenceEqual(Away(recovery), StringComparer.Ordinal))
        {
            await Sleep.ForAsync(LookEvery, claim.Time, cancellationToken);
        }

        return true;
    }

    private List<string> Away(RecoveryRow recovery) =>
        [.. liveness.AwayForAMoment().Except(recovery.Request.Hosts, StringComparer.Ordinal)];
}
