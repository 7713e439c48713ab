using Recovery.Protocol.V1;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// What libvirt's state means for the instance's owner: what ran must run again, and what was off by will stays off.
/// In doubt a guest is not "off by its owner", since that is what would never be started again.
/// </summary>
internal static class DomainStates
{
    // virDomainShutoffReason
    private const int OffCrashed = 3, OffFailed = 6, OffDaemon = 8;

    // virDomainPausedReason
    private const int PausedDump = 4, PausedIoError = 5, PausedWatchdog = 6, PausedSnapshot = 9, PausedCrashed = 10,
        PausedStartingUp = 11, PausedPostcopyFailed = 13;

    /// <param name="state">libvirt's state and reason (virDomainGetState).</param>
    /// <param name="endedByHost">Its last end was a signal on the host, which libvirt records as a normal shutdown.</param>
    /// <param name="before">
    /// What it was when last seen. libvirtd forgets on its own restart why a domain ended ("unknown"), and nobody can
    /// shut one down while it is away: what was running or crashed then has not been shut off by its owner since.
    /// </param>
    public static DomainState Meaning(LibvirtState state, bool endedByHost, DomainState before = DomainState.Unspecified) => state.Kind switch
    {
        StateKind.Running or StateKind.Blocked => DomainState.Running,
        // QEMU still has its disks open; it is off when libvirt says so.
        StateKind.ShuttingDown => DomainState.Running,
        StateKind.Paused => Paused(state.Reason),
        StateKind.SuspendedByGuest => DomainState.Paused,
        StateKind.Crashed => DomainState.Crashed,
        StateKind.ShutOff => Off(state.Reason, endedByHost, before),
        _ => DomainState.Unspecified,
    };

    private static DomainState Paused(int reason) => reason switch
    {
        PausedIoError or PausedWatchdog or PausedCrashed or PausedPostcopyFailed => DomainState.Crashed,
        // libvirt's own moments, that it ends itself: the owner wants it to run.
        PausedStartingUp or PausedSnapshot or PausedDump => DomainState.Running,
        _ => DomainState.Paused,
    };

    private static DomainState Off(int reason, bool endedByHost, DomainState before)
    {
        const int unknown = 0, shutDown = 1;
        return reason switch
        {
            unknown when before is DomainState.Running or DomainState.Crashed => DomainState.Crashed,
            unknown when before is DomainState.Unspecified or DomainState.Inactive => DomainState.Inactive,
            OffCrashed or OffFailed or OffDaemon => DomainState.Crashed,
            shutDown when endedByHost => DomainState.Crashed,
            // Destroyed, migrated, saved, from snapshot.
            _ => DomainState.ShutOff,
        };
    }
}
